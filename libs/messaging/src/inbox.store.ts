import type { Queryable, Transaction } from '@hemline/postgres';
import type { Received } from './event-server.ts';
import type { ReceivedMessage } from './transports/transport.ts';

export type Cursor = { readonly version: number; readonly isParked: boolean };

export const keyOf = ({ topic, key }: { readonly topic: string; readonly key: string }): string =>
  `${topic} ${toText(key)}`;

/** Claims ids; those that had their effect here before are left out of the answer. */
export const claim = async (tx: Transaction, ids: readonly string[]): Promise<Set<string>> => {
  const { rows } = await tx.query<{ event_id: string }>({
    name: 'inbox.claim',
    text: `insert into inbox (event_id) select distinct unnest($1::uuid[])
           on conflict do nothing returning event_id`,
    values: [ids],
  });
  return new Set(rows.map(({ event_id }) => event_id));
};

/** Where each aggregate stands, locked until the end of the transaction. */
export const lockCursors = async (
  tx: Transaction,
  messages: readonly { readonly topic: string; readonly key: string }[],
): Promise<Map<string, Cursor>> => {
  const { rows } = await tx.query<{
    topic: string;
    key: string;
    version: number;
    is_parked: boolean;
  }>({
    name: 'inbox.lock_cursors',
    text: `select c.topic, c.aggregate_id as key, c.version,
             exists (select from parked_aggregates p
               where p.topic = c.topic and p.aggregate_id = c.aggregate_id) as is_parked
           from aggregate_cursors c
           join (select distinct * from unnest($1::text[], $2::text[]) as k (topic, aggregate_id)) k
             using (topic, aggregate_id)
           order by c.topic, c.aggregate_id for update of c`,
    values: [messages.map(({ topic }) => topic), messages.map(({ key }) => toText(key))],
  });
  return new Map(
    rows.map((row) => [keyOf(row), { version: row.version, isParked: row.is_parked }]),
  );
};

/**
 * Asked again once the cursor is locked: whoever sent its dead letters again held that lock, and what
 * `lockCursors` read of it beside the cursor is from before it waited.
 */
export const isStillParked = async (
  tx: Transaction,
  { topic, key }: ReceivedMessage,
): Promise<boolean> => {
  const { rowCount } = await tx.query({
    name: 'inbox.is_still_parked',
    text: 'select from parked_aggregates where topic = $1 and aggregate_id = $2',
    values: [topic, toText(key)],
  });
  return rowCount === 1;
};

export const saveCursors = async (tx: Transaction, applied: readonly Received[]): Promise<void> => {
  if (applied.length === 0) return;
  const last = [...new Map(applied.map((each) => [keyOf(each.message), each])).values()];
  await tx.query({
    name: 'inbox.save_cursors',
    text: `insert into aggregate_cursors (topic, aggregate_id, version)
           select * from unnest($1::text[], $2::text[], $3::int[])
           on conflict (topic, aggregate_id) do update set version = excluded.version`,
    values: [
      last.map(({ message }) => message.topic),
      last.map(({ message }) => message.key),
      last.map(({ event }) => event.version),
    ],
  });
};

/**
 * Keeps an event that could not be applied, whole: what PostgreSQL takes for no JSON, as a string. (Its
 * planner would try the cast of a parameter before it asks; of a subquery's column it does not.) One that
 * is among the dead already, as it was delivered twice, is kept once.
 */
export const bury = async (
  tx: Transaction,
  { topic, key, value }: ReceivedMessage,
  eventId: string,
  reason: string,
): Promise<void> => {
  await tx.query({
    name: 'inbox.bury',
    text: `with letter as (
             select case when $6 and pg_input_is_valid(value, 'jsonb') then value::jsonb
               else to_jsonb(value) end as event
             from (select $4::text as value offset 0) v)
           insert into dead_letters (topic, aggregate_id, event_id, event, reason)
           select $1, $2, $3, event, $5 from letter
           where not exists (select from dead_letters d
             where d.topic = $1 and d.aggregate_id = $2 and d.event = letter.event)`,
    values: [topic, toText(key), toText(eventId), toText(value), toText(reason), isShallow(value)],
  });
};

/** A text of PostgreSQL cannot hold the character zero; a broker can. */
const toText = (text: string): string => text.replaceAll('\0', '\uFFFD');

/** Deeper JSON would not be called invalid by PostgreSQL, but end the transaction. */
const isShallow = (value: string): boolean => {
  let depth = 0;
  let deepest = 0;
  for (const each of value) {
    if (each === '[' || each === '{') depth += 1;
    else if (each === ']' || each === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest <= 1000;
};

/**
 * Whether an event that cannot be applied is one that its key has left behind, applied or as a dead
 * letter that was sent again: it may be delivered once more, and must not park its key once more.
 */
export const isPassed = async (
  tx: Transaction,
  { topic, key, value }: ReceivedMessage,
  /** Where the key stands in this transaction, if that is not written yet. */
  cursor?: Cursor,
): Promise<boolean> => {
  const version = memberOf(value, 'version');
  if (!Number.isSafeInteger(version)) return false;
  if (cursor && Number(version) <= cursor.version) return true;
  const { rowCount } = await tx.query({
    name: 'inbox.is_passed',
    text: `select from aggregate_cursors
           where topic = $1 and aggregate_id = $2 and version >= $3::bigint for update`,
    values: [topic, toText(key), version],
  });
  return rowCount === 1;
};

export const buryAndPark = async (
  tx: Transaction,
  message: ReceivedMessage,
  reason: string,
): Promise<void> => {
  await bury(tx, message, eventIdOf(message.value), reason);
  await tx.query({
    name: 'inbox.park',
    text: `with parked as (
             insert into parked_aggregates (topic, aggregate_id, reason) values ($1, $2, $3)
             on conflict do nothing)
           insert into aggregate_cursors (topic, aggregate_id, version) values ($1, $2, 0)
           on conflict do nothing`,
    values: [message.topic, toText(message.key), toText(reason)],
  });
};

/** How many aggregates of each topic are parked. */
export const countParked = async (db: Queryable): Promise<Map<string, number>> => {
  const { rows } = await db.query<{ topic: string; n: number }>({
    name: 'inbox.count_parked',
    text: 'select topic, count(*)::int as n from parked_aggregates group by topic',
  });
  return new Map(rows.map(({ topic, n }) => [topic, n]));
};

/** Ids in one DELETE, so that no lock is held for long. */
const sweepBatch = 10_000;

/**
 * Forgets ids after 60 days, however many there are. An event that old no longer comes, and the version
 * of its aggregate would tell it from a new one.
 */
export const sweep = async (db: Queryable): Promise<void> => {
  for (let deleted = sweepBatch; deleted === sweepBatch;) {
    const { rowCount } = await db.query({
      name: 'inbox.sweep',
      text: `delete from inbox where event_id = any (array(
               select event_id from inbox
               where processed_at < now() - interval '60 days' order by processed_at limit $1))`,
      values: [sweepBatch],
    });
    deleted = rowCount ?? 0;
  }
};

const memberOf = (value: string, name: 'id' | 'version'): unknown => {
  try {
    return (JSON.parse(value) as Partial<Record<string, unknown>> | null)?.[name];
  } catch {
    return undefined;
  }
};

const eventIdOf = (value: string): string => {
  const id = memberOf(value, 'id');
  return typeof id === 'string' ? id : '';
};
