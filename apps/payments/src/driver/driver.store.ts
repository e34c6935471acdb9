import type { Queryable } from '@hemline/postgres';

/** Payments that are due, each leased to us by moving its next action into the future. */
export const claimDue = async (
  db: Queryable,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<string[]> => {
  const { rows } = await db.query<{ order_id: string }>({
    name: 'driver.claim_due',
    text: `update payments set next_action_at = now() + $2 * interval '1 ms'
           where order_id in (
             select order_id from payments where next_action_at <= now()
             order by next_action_at limit $1 for update skip locked)
           returning order_id`,
    values: [limit, leaseMs],
  });
  return rows.map(({ order_id }) => order_id);
};

/**
 * Looks again later, each time twice as late, with jitter so that what failed together does not come
 * back together; but not later than the end of the hold, where a payment is fenced.
 */
export const postpone = async (db: Queryable, orderId: string): Promise<void> => {
  await db.query({
    name: 'driver.postpone',
    text: `update payments p set action_failures = p.action_failures + 1,
             next_action_at = least(
               now() + least(500 * 2 ^ least(p.action_failures, 20), 300000)
                 * (0.5 + random() / 2) * interval '1 ms',
               case when p.status in ('confirming', 'ready') and o.hold_expires_at > now()
                 then o.hold_expires_at end)
           from orders o
           where p.order_id = $1 and o.id = p.order_id and p.next_action_at is not null`,
    values: [orderId],
  });
};

/** Nothing to do before the hold ends. */
export const sleepUntilHoldEnds = async (db: Queryable, orderId: string): Promise<void> => {
  await db.query({
    name: 'driver.sleep_until_hold_ends',
    text: `update payments p set next_action_at = o.hold_expires_at from orders o
           where p.order_id = $1 and o.id = p.order_id and p.status = 'ready'
             and p.next_action_at is not null`,
    values: [orderId],
  });
};

/** Looked at. Whoever asked for another look meanwhile asked for one that is nearer than our lease. */
export const rest = async (db: Queryable, orderId: string): Promise<void> => {
  await db.query({
    name: 'driver.rest',
    text: `update payments set next_action_at = null
           where order_id = $1 and status in ('captured', 'refunded', 'voided')
             and next_action_at > now() + interval '1 s'`,
    values: [orderId],
  });
};

export type Health = {
  readonly unfinished: number;
  readonly oldestSeconds: number;
  readonly openBreaks: number;
  readonly unprocessedEvents: number;
};

export const readHealth = async (db: Queryable): Promise<Health> => {
  const { rows } = await db.query<Health>({
    name: 'driver.read_health',
    text: `select count(*)::int as unfinished,
             coalesce(extract(epoch from now() - min(created_at)), 0)::float as "oldestSeconds",
             (select count(*) from recon_breaks where closed_at is null)::int as "openBreaks",
             (select count(*) from psp_events where processed_at is null)::int as "unprocessedEvents"
           from payments where next_action_at is not null`,
  });
  return rows[0] ?? { unfinished: 0, oldestSeconds: 0, openBreaks: 0, unprocessedEvents: 0 };
};

/**
 * Forgets answers that nobody asks for any more. A weekend passes before: and what was ordered stays
 * ordered without its key, by the version of its cart.
 */
export const reapKeys = async (db: Queryable): Promise<number> => {
  const { rowCount } = await db.query({
    name: 'driver.reap_keys',
    text: `delete from idempotency_keys where (scope, key) in (
             select scope, key from idempotency_keys
             where created_at < now() - interval '96 h' and status = 'done' limit 5000)`,
  });
  return rowCount ?? 0;
};
