import { randomUUID } from 'node:crypto';
import { type Envelope, events } from '@hemline/contracts';
import { Database } from '@hemline/postgres';
import { createLogger } from '@hemline/telemetry';
import { type TestDatabase, testDatabase } from '../../postgres/test/test-database.ts';
import { Outbox } from '../src/outbox.ts';

const { topic, type } = events.stockChanged;
const dataOf = (sku: string, version: number) => ({
  sku,
  onHand: version,
  held: 0,
  allocated: 0,
  available: version,
});

/** A fact of stock, as a message. */
export const stockMessage = (sku: string, version: number) => {
  const event: Envelope = {
    id: randomUUID(),
    type,
    source: 'payments',
    subject: sku,
    time: new Date().toISOString(),
    version,
    dataschema: `urn:hemline:event:${type}`,
    data: dataOf(sku, version),
  };
  return { topic, key: sku, value: JSON.stringify(event) };
};

export type StockApp = TestDatabase & {
  /** One change of each sku, told in one transaction. */
  tell(skus: readonly string[], version: number): Promise<void>;
  /** Versions in the order in which they had their effect, by sku. */
  effects(): Promise<ReadonlyMap<string, readonly number[]>>;
  count(table: string): Promise<number>;
};

/** An app that writes down each event of stock that it hears, in the order of their effects. */
export const stockApp = async (): Promise<StockApp> => {
  const app = await testDatabase('messaging');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const owner = new Database({ url: app.ownerUrl, name: 'owner', logger });
  await owner.query({
    text: `create table effects (
      n bigint generated always as identity, key text, version int, instance text)`,
  });
  await owner.query({ text: 'grant select, insert on effects to messaging' });
  await owner.close();
  const outbox = new Outbox();
  return {
    ...app,
    tell: (skus, version) =>
      app.database.transaction((tx) =>
        outbox.append(
          tx,
          ...skus.map((sku) => ({
            definition: events.stockChanged,
            subject: sku,
            version,
            data: dataOf(sku, version),
          })),
        ),
      ),
    effects: async () => {
      const { rows } = await app.database.query<{ key: string; versions: number[] }>({
        text: `select key, array_agg(version order by n) as versions from effects group by key`,
      });
      return new Map(rows.map(({ key, versions }) => [key, versions]));
    },
    count: async (table) => {
      const { rows } = await app.database.query<{ n: number }>({
        text: `select count(*)::int as n from ${table}`,
      });
      return rows[0]?.n ?? -1;
    },
  };
};
