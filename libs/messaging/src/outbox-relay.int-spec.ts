import { events } from '@hemline/contracts';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { eventually } from '../../postgres/test/eventually.ts';
import { type StockApp, stockApp } from '../test/stock.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Outbox } from './outbox.ts';
import type { Message, Transport } from './transports/transport.ts';

const { topic, type } = events.stockChanged;
let app: StockApp;
let told: string[];
let relay: OutboxRelay;
let others: Client[];

beforeEach(async () => {
  app = await stockApp();
  told = [];
  const publish = async (messages: readonly Message[]): Promise<void> =>
    void told.push(...messages.map(({ key }) => key));
  relay = new OutboxRelay({
    app: 'payments',
    databaseUrl: app.url,
    outbox: new Outbox(),
    transport: { publish } as Transport,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
  });
  others = [0, 1].map(() => new Client(app.ownerUrl));
  for (const other of others) await other.connect();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await relay.stop();
  for (const other of others) await other.end();
  await app.close();
});

/** Sessions that wait for the outbox. */
const expectToWait = (n: number): Promise<void> =>
  eventually(async () => {
    const { rowCount } = await app.database.query({
      text: `select from pg_locks where relation = 'outbox'::regclass and not granted`,
    });
    expect(rowCount).toBe(n);
  });

describe('a relay that was stopped between a read and what follows from it', () => {
  it('reads again when it wakes, and tells nothing that another has told meanwhile', async () => {
    relay.start();
    await app.tell(['before'], 1);
    await eventually(() => expect(told).toEqual(['before']));

    // Its next read finds one fact, and waits to find it. Who waits behind it takes the fact away.
    const [first, second] = others;
    await first?.query('begin');
    await first?.query('lock table outbox in access exclusive mode');
    await first?.query(
      `insert into outbox (event_id, topic, aggregate_id, aggregate_version, type, data)
       values (gen_random_uuid(), '${topic}', 'meanwhile', 1, '${type}', '{}')`,
    );
    await expectToWait(1);
    const taken = second?.query(
      'begin; lock table outbox in access exclusive mode; delete from outbox; commit',
    );
    await expectToWait(2);
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 8000);
    await first?.query('commit');
    await taken;

    await app.tell(['after'], 1);
    await eventually(() => expect(told).toEqual(['before', 'after']));
  }, 20_000);
});
