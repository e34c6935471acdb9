import type { Queryable } from '@hemline/postgres';
import type { PaymentStatus } from '../transitions.ts';

export type PspEvent = {
  readonly id: string;
  readonly type: string;
  readonly intentId: string | null;
  readonly orderId: string | null;
  /** JSON text, as it was signed. */
  readonly payload: string;
};

/** Keeps events; one that is there already is left as it is. */
export const insert = async (db: Queryable, events: readonly PspEvent[]): Promise<void> => {
  await db.query({
    name: 'psp_events.insert',
    text: `insert into psp_events (id, type, intent_id, order_id, payload)
           select distinct on (id) * from
             unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::json[]) as e (id)
           on conflict (id) do nothing`,
    values: [
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(({ intentId }) => intentId),
      events.map(({ orderId }) => orderId),
      events.map(({ payload }) => payload),
    ],
  });
};

export type DueEvent = {
  readonly id: string;
  readonly type: string;
  readonly intentId: string | null;
  readonly isOld: boolean;
  /** The payment that it is about, if we know one. */
  readonly payment: {
    readonly orderId: string;
    readonly status: PaymentStatus;
    readonly intentId: string | null;
  } | null;
};

export const listDue = async (db: Queryable, limit: number): Promise<DueEvent[]> => {
  const { rows } = await db.query<{
    id: string;
    type: string;
    intent_id: string | null;
    is_old: boolean;
    order_id: string | null;
    status: PaymentStatus;
    known_intent_id: string | null;
  }>({
    name: 'psp_events.list_due',
    text: `select e.id, e.type, e.intent_id, e.received_at < now() - interval '15 min' as is_old,
             p.order_id, p.status, p.intent_id as known_intent_id
           from psp_events e
           left join lateral (
             select order_id, status, intent_id from payments where order_id = e.order_id
             union all
             select order_id, status, intent_id from payments
             where e.order_id is null and intent_id = e.intent_id
             limit 1
           ) p on true
           where e.processed_at is null and e.next_attempt_at <= now()
           order by e.next_attempt_at limit $1`,
    values: [limit],
  });
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    intentId: row.intent_id,
    isOld: row.is_old,
    payment:
      row.order_id === null
        ? null
        : { orderId: row.order_id, status: row.status, intentId: row.known_intent_id },
  }));
};

/**
 * Done with these events, in one commit with what is left of them: payments that are looked at soon. A
 * frozen payment stays frozen; one that is captured has nothing more to be frozen. The short wait lets a request that is under way bring its own answer.
 */
export const settle = async (
  db: Queryable,
  { ids, wake }: { readonly ids: readonly string[]; readonly wake: readonly string[] },
): Promise<void> => {
  await db.query({
    name: 'psp_events.settle',
    text: `with woken as (
             update payments set next_action_at = least(next_action_at, now() + interval '300 ms')
             where order_id = any($2)
               and (next_action_at is not null or status in ('captured', 'refunded')))
           update psp_events set processed_at = now() where id = any($1)`,
    values: [ids, wake],
  });
};

export const postpone = async (db: Queryable, ids: readonly string[]): Promise<void> => {
  await db.query({
    name: 'psp_events.postpone',
    text: `update psp_events set failures = failures + 1,
             next_attempt_at = now() + least(2 ^ least(failures, 20), 60) * interval '1 s'
           where id = any($1)`,
    values: [ids],
  });
};

/** An event about an intent that we know nothing of, and that did not turn up in time. */
export const openBreak = async (
  db: Queryable,
  { intentId, note }: { readonly intentId: string; readonly note: string },
): Promise<void> => {
  await db.query({
    name: 'psp_events.open_break',
    text: `insert into recon_breaks (kind, psp_ref, note) values ('unknown_intent', $1, $2)
           on conflict do nothing`,
    values: [intentId, note],
  });
};
