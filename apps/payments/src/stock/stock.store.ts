import type { paymentsApi } from '@hemline/contracts';
import type { Queryable } from '@hemline/postgres';

type Row = { sku: string; on_hand: number; held: number; allocated: number; version: number };

const toStock = ({ sku, on_hand, held, allocated, version }: Row): paymentsApi.Stock => ({
  sku,
  onHand: on_hand,
  held,
  allocated,
  available: on_hand - held - allocated,
  version,
});

/**
 * SQL that tells, for each row of `source` (rows of `stock` as an update returned them), that the
 * stock of a sku changed; one part of the statement that changes it. The event is made here and not in
 * TypeScript, since the version is only known to the statement that counts it up; a test reads each
 * such event with the contract's schema.
 */
export const tellStock = (source: string, traceparent: string): string => `
  insert into outbox (event_id, topic, aggregate_id, aggregate_version, type, data, traceparent)
  select gen_random_uuid(), 'payments.stock', sku, version, 'payments.stock.changed.v1',
    jsonb_build_object('sku', sku, 'onHand', on_hand, 'held', held, 'allocated', allocated,
      'available', on_hand - held - allocated), ${traceparent}::text
  from ${source}`;

export const list = async (
  db: Queryable,
  skus: readonly string[],
): Promise<paymentsApi.Stock[]> => {
  const { rows } = await db.query<Row>({
    name: 'stock.list',
    text: `select sku, on_hand, held, allocated, version from stock
           where sku = any($1) order by sku`,
    values: [skus],
  });
  return rows.map(toStock);
};

/** Sets what is on hand. The same number again changes nothing and tells nothing. */
export const setOnHand = async (
  db: Queryable,
  { sku, onHand, traceparent }: { sku: string; onHand: number; traceparent: string | undefined },
): Promise<paymentsApi.Stock> => {
  const { rows } = await db.query<Row>({
    name: 'stock.set_on_hand',
    text: `with changed as (
             insert into stock as s (sku, on_hand) values ($1, $2)
             on conflict (sku) do update set on_hand = excluded.on_hand, version = s.version + 1
               where s.on_hand is distinct from excluded.on_hand
             returning sku, on_hand, held, allocated, version
           ), told as (${tellStock('changed', '$3')})
           select * from changed
           union all
           select sku, on_hand, held, allocated, version from stock
           where sku = $1 and not exists (select from changed)`,
    values: [sku, onHand, traceparent ?? null],
  });
  const [row] = rows;
  if (row) return toStock(row);
  // Someone else wrote the same number at this very moment, after our statement began to look.
  const [written] = await list(db, [sku]);
  if (!written) throw new Error(`stock of ${sku} was neither set nor found`);
  return written;
};
