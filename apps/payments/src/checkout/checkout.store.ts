import { events, type paymentsApi } from '@hemline/contracts';
import { outboxColumns, outboxInsert } from '@hemline/messaging';
import type { Query, Queryable, Transaction } from '@hemline/postgres';
import { activeTraceparent } from '@hemline/telemetry';
import { tellStock } from '../stock/stock.store.ts';
import type { KeyClaim } from './idempotency.ts';
import { claimValues } from './idempotency-keys.store.ts';
import type { Totals } from './totals.ts';

export type NewOrder = Totals & {
  readonly id: string;
  readonly tokenHash: Buffer;
  readonly cart: { readonly id: string; readonly version: number };
  readonly currency: string;
  readonly email: string;
  readonly shippingAddress: paymentsApi.Address;
  readonly paymentMethod: string;
  readonly returnUrl: string | null;
};

export type Placed = {
  /** False: somebody else has this key. */
  readonly isClaimed: boolean;
  /** False though claimed: too little stock, or the version of the cart was ordered before. */
  readonly isPlaced: boolean;
  readonly shortages: readonly paymentsApi.Shortage[];
};

export type Limits = { readonly holdMs: number; readonly pspTimeoutMs: number };

/**
 * T1 with T3, as one statement and so one transaction: the key is claimed, the skus are locked in
 * order, and if all is there, the order exists with its lines, its stock is held, and the payment's
 * first attempt is on record before it is sent. No lock is held while a client thinks.
 *
 * Run twice with the same ids it claims the key again and places nothing.
 */
export const place = async (
  db: Queryable,
  claim: KeyClaim,
  order: NewOrder,
  limits: Limits,
): Promise<Placed> => {
  const { rows } = await db.query<{
    is_claimed: boolean;
    is_placed: boolean;
    shortages: paymentsApi.Shortage[] | null;
  }>(placeQuery(claim, order, limits));
  const [row] = rows;
  return {
    isClaimed: row?.is_claimed ?? false,
    isPlaced: row?.is_placed ?? false,
    shortages: row?.shortages ?? [],
  };
};

const placeText = `
  with claim as (
    insert into idempotency_keys as k
      (scope, key, fingerprint, lock_token, locked_until, order_id, attempt_number)
    values ($1, $2, $3, $4, now() + $5 * interval '1 ms', $6, 1)
    on conflict (scope, key) do update
      set locked_until = excluded.locked_until, order_id = excluded.order_id, attempt_number = 1
      where k.lock_token = excluded.lock_token and k.status = 'in_progress'
    returning 1
  ), wanted as materialized (
    select sku, sum(quantity)::int as quantity from unnest($19::text[], $21::int[]) as l (sku, quantity)
    group by sku
  ), locked as materialized (
    select sku, on_hand - held - allocated as available from stock
    where sku = any($19) and exists (select from claim)
    order by sku for no key update
  ), short as materialized (
    select sku, quantity as requested, greatest(coalesce(available, 0), 0) as available
    from wanted left join locked using (sku)
    where coalesce(available, 0) < quantity
  ), placed as (
    insert into orders (id, token_hash, cart_id, cart_version, currency, subtotal_minor,
      delivery_minor, tax_minor, delivery_tax_minor, total_minor, email, shipping_address,
      hold_expires_at)
    select $6::uuid, $7::bytea, $8::uuid, $9::int, $10, $11::bigint, $12::bigint, $13::bigint,
      $14::bigint, $15::bigint, $16, $17::jsonb, now() + $18 * interval '1 ms'
    where exists (select from claim) and not exists (select from short)
    on conflict do nothing
    returning id
  ), lines as (
    insert into order_lines
      (order_id, line_number, sku, title, quantity, unit_price_minor, tax_minor, total_minor)
    select placed.id, l.line_number, l.sku, l.title, l.quantity, l.unit_price, l.tax, l.total
    from placed, unnest($19::text[], $20::text[], $21::int[], $22::bigint[], $23::bigint[],
      $24::bigint[]) with ordinality as l (sku, title, quantity, unit_price, tax, total, line_number)
  ), holds as (
    insert into stock_holds (order_id, sku, quantity)
    select placed.id, wanted.sku, wanted.quantity from placed, wanted
  ), moved as (
    update stock set held = held + wanted.quantity, version = version + 1
    from placed, wanted where stock.sku = wanted.sku
    returning stock.*
  ), payment as (
    insert into payments (order_id, currency, amount_minor, next_action_at)
    select id, $10, $15::bigint, now() + $25 * interval '1 ms' from placed
    returning order_id
  ), attempt as (
    insert into payment_attempts (order_id, attempt_number, psp_key, payment_method, return_url)
    select order_id, 1, 'cf:' || order_id || ':1', $26, $29 from payment
  ), order_told as (
    ${outboxInsert('$27')} where exists (select from placed)
  ), stock_told as (
    ${tellStock('moved', '$28')}
  )
  select exists (select from claim) as is_claimed, exists (select from placed) as is_placed,
    (select json_agg(short order by sku) from short) as shortages`;

/** The driver leaves a payment alone while the request that sent it may still be answered. */
const answerMarginMs = 1000;

const placeQuery = (claim: KeyClaim, order: NewOrder, limits: Limits): Query => ({
  name: 'checkout.place',
  text: placeText,
  values: [
    ...claimValues(claim),
    order.id,
    order.tokenHash,
    order.cart.id,
    order.cart.version,
    order.currency,
    order.subtotal,
    order.delivery,
    order.tax,
    order.deliveryTax,
    order.total,
    order.email,
    order.shippingAddress,
    limits.holdMs,
    order.lines.map(({ sku }) => sku),
    order.lines.map(({ title }) => title),
    order.lines.map(({ quantity }) => quantity),
    order.lines.map(({ unitPrice }) => unitPrice),
    order.lines.map(({ tax }) => tax),
    order.lines.map(({ total }) => total),
    limits.pspTimeoutMs + answerMarginMs,
    order.paymentMethod,
    outboxColumns([orderPlaced(order)]),
    activeTraceparent() ?? null,
    order.returnUrl,
  ],
});

const orderPlaced = (order: NewOrder) => ({
  definition: events.orderPlaced,
  subject: order.id,
  version: 1,
  data: {
    orderId: order.id,
    cartId: order.cart.id,
    cartVersion: order.cart.version,
    total: { amount: order.total.toString(), currency: order.currency },
    lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  },
});

/** The order of this version of a cart, if there is one that did not end in vain; locked. */
export const lockByCart = async (
  tx: Transaction,
  cart: { readonly id: string; readonly version: number },
): Promise<string | undefined> => {
  const { rows } = await tx.query<{ id: string }>({
    name: 'checkout.lock_by_cart',
    text: `select id from orders where cart_id = $1 and cart_version = $2 and status <> 'cancelled'
           for update`,
    values: [cart.id, cart.version],
  });
  return rows[0]?.id;
};

type NextAttempt = {
  readonly orderId: string;
  readonly attempt: number;
  readonly paymentMethod: string;
  readonly returnUrl: string | null;
  readonly email: string;
  readonly shippingAddress: paymentsApi.Address;
};

/** T3 for another card: the attempt is on record before it is sent, and the goods are held anew. */
export const beginAttempt = async (
  tx: Transaction,
  { orderId, attempt, ...next }: NextAttempt,
  limits: Limits,
): Promise<void> => {
  await tx.query({
    name: 'checkout.begin_attempt',
    text: `with held as (
             update orders set hold_expires_at = now() + $3 * interval '1 ms', email = $6,
               shipping_address = $7
             where id = $1
           ), payment as (
             update payments set status = 'confirming', attempt_number = $2::int, action_failures = 0,
               next_action_at = now() + $4 * interval '1 ms'
             where order_id = $1
             returning order_id, intent_id
           )
           insert into payment_attempts
             (order_id, attempt_number, psp_key, payment_method, intent_id, return_url)
           select order_id, $2, 'cf:' || order_id || ':' || $2::int, $5, intent_id, $8 from payment`,
    values: [
      orderId,
      attempt,
      limits.holdMs,
      limits.pspTimeoutMs + answerMarginMs,
      next.paymentMethod,
      next.email,
      next.shippingAddress,
      next.returnUrl,
    ],
  });
};
