import type { Queryable, Transaction } from '@hemline/postgres';

export type DeadLetter = {
  readonly id: number;
  readonly topic: string;
  readonly key: string;
  /** Null if it is so broken that it has none. */
  readonly version: number | null;
  /** As it was received. */
  readonly value: string;
  readonly reason: string;
  readonly diedAt: Date;
  /** Later events of its key wait behind it. */
  readonly isParked: boolean;
};

const columns = `
  d.id::int, d.topic, d.aggregate_id as key, d.reason, d.died_at as "diedAt",
  case jsonb_typeof(d.event -> 'version') when 'number' then (d.event ->> 'version')::float end as version,
  case jsonb_typeof(d.event) when 'string' then d.event #>> '{}' else d.event::text end as value,
  exists (select from parked_aggregates p
    where p.topic = d.topic and p.aggregate_id = d.aggregate_id) as "isParked"`;

export const findAll = async (db: Queryable, limit: number): Promise<DeadLetter[]> => {
  const { rows } = await db.query<DeadLetter>({
    name: 'dead_letters.find_all',
    text: `select ${columns} from dead_letters d order by d.id limit $1`,
    values: [limit],
  });
  return rows;
};

export const count = async (db: Queryable): Promise<number> => {
  const { rows } = await db.query<{ n: number }>({
    name: 'dead_letters.count',
    text: 'select count(*)::int as n from dead_letters',
  });
  return rows[0]?.n ?? 0;
};

export const find = async (db: Queryable, id: number): Promise<DeadLetter | undefined> => {
  const { rows } = await db.query<DeadLetter>({
    name: 'dead_letters.find',
    text: `select ${columns} from dead_letters d where d.id = $1`,
    values: [id],
  });
  return rows[0];
};

type Key = { readonly topic: string; readonly key: string };

/** All that wait for one key, in the order of their versions; those without one as they came. */
export const lockKey = async (tx: Transaction, { topic, key }: Key): Promise<DeadLetter[]> => {
  const { rows } = await tx.query<DeadLetter>({
    name: 'dead_letters.lock_key',
    text: `select ${columns} from dead_letters d where d.topic = $1 and d.aggregate_id = $2
           order by version nulls first, d.id for update`,
    values: [topic, key],
  });
  return rows;
};

export const remove = async (tx: Transaction, ids: readonly number[]): Promise<void> => {
  if (ids.length === 0) return;
  await tx.query({
    name: 'dead_letters.remove',
    text: 'delete from dead_letters where id = any($1::bigint[])',
    values: [ids],
  });
};

export const setReason = async (tx: Transaction, id: number, reason: string): Promise<void> => {
  await tx.query({
    name: 'dead_letters.set_reason',
    text: 'update dead_letters set reason = $2 where id = $1',
    values: [id, reason],
  });
};

export const unpark = async (tx: Transaction, { topic, key }: Key): Promise<void> => {
  await tx.query({
    name: 'parked_aggregates.remove',
    text: 'delete from parked_aggregates where topic = $1 and aggregate_id = $2',
    values: [topic, key],
  });
};

/** The version that a key stands at; it has had a cursor since it was parked. */
export const setVersion = async (
  tx: Transaction,
  { topic, key }: Key,
  version: number,
): Promise<void> => {
  await tx.query({
    name: 'aggregate_cursors.set_version',
    text: 'update aggregate_cursors set version = $3 where topic = $1 and aggregate_id = $2',
    values: [topic, key, version],
  });
};

/** Topic → keys of it that are parked. */
export const countParked = async (db: Queryable): Promise<Readonly<Record<string, number>>> => {
  const { rows } = await db.query<{ topic: string; n: number }>({
    name: 'parked_aggregates.count',
    text: 'select topic, count(*)::int as n from parked_aggregates group by topic',
  });
  return Object.fromEntries(rows.map(({ topic, n }) => [topic, n]));
};

export const findParked = async (db: Queryable, topics: readonly string[]): Promise<Key[]> => {
  const { rows } = await db.query<Key>({
    name: 'parked_aggregates.find',
    text: `select topic, aggregate_id as key from parked_aggregates where topic = any($1)
           order by topic, aggregate_id`,
    values: [topics],
  });
  return rows;
};
