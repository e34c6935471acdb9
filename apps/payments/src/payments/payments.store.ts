import { outboxInsert } from '@hemline/messaging';
import type { Transaction } from '@hemline/postgres';
import { answerKey } from '../checkout/idempotency-keys.store.ts';
import { postEntries, postTransfers, toTransfersJson } from '../ledger/posting.ts';
import type { Parts, Transfer } from '../ledger/transfer.ts';
import { tellStock } from '../stock/stock.store.ts';
import type { OrderStatus, PaymentStatus } from '../transitions.ts';

// One statement for each step that changes anything, run while the order's row is locked. Where a
// step is also what a shopper is waiting for, her stored answer is part of it (`$…` of `answerKey`);
// each returns whether an answer was stored.

type Told = { readonly events: string; readonly traceparent: string | null };
type Answered = { readonly answer: string };
type Count = { answered: boolean };

const isAnswered = 'select exists (select from answered) as answered';

/** T4: the provider holds the money, the goods are the order's. */
export const authorise = async (
  tx: Transaction,
  step: Told & Answered & { orderId: string; intentId: string; attempt: number; leaseMs: number },
): Promise<boolean> => {
  const { rows } = await tx.query<Count>({
    name: 'payments.authorise',
    text: `
      with the_order as (
        update orders set status = 'authorized', authorized_at = now(), version = version + 1
        where id = $1
      ), payment as (
        update payments set status = 'capturing', intent_id = $2, action_failures = 0,
          next_action_at = now() + $4 * interval '1 ms'
        where order_id = $1
      ), attempt as (
        update payment_attempts set status = 'authorised', decided_at = now()
        where order_id = $1 and attempt_number = $3
      ), holds as (
        update stock_holds set status = 'consumed' where order_id = $1 and status = 'active'
        returning sku, quantity
      ), locked as materialized (
        select stock.sku, holds.quantity from stock join holds using (sku)
        order by stock.sku for no key update of stock
      ), moved as (
        update stock set held = held - locked.quantity, allocated = allocated + locked.quantity,
          version = version + 1
        from locked where stock.sku = locked.sku
        returning stock.*
      ), stock_told as (${tellStock('moved', '$6')}
      ), order_told as (${outboxInsert('$5')}
      ), answered as (${answerKey('$7')})
      ${isAnswered}`,
    values: [
      step.orderId,
      step.intentId,
      step.attempt,
      step.leaseMs,
      step.events,
      step.traceparent,
      step.answer,
    ],
  });
  return rows[0]?.answered ?? false;
};

/** The last card was declined; the goods stay held for another one until the hold ends. */
export const decline = async (
  tx: Transaction,
  step: Answered & {
    orderId: string;
    intentId: string | null;
    attempt: number;
    declineCode: string;
  },
): Promise<boolean> => {
  const { rows } = await tx.query<Count>({
    name: 'payments.decline',
    text: `
      with payment as (
        update payments p set status = 'ready', intent_id = $2, action_failures = 0,
          next_action_at = o.hold_expires_at
        from orders o where p.order_id = $1 and o.id = p.order_id
      ), attempt as (
        update payment_attempts set status = 'declined', decline_code = $4, decided_at = now()
        where order_id = $1 and attempt_number = $3
      ), answered as (${answerKey('$5')})
      ${isAnswered}`,
    values: [step.orderId, step.intentId, step.attempt, step.declineCode, step.answer],
  });
  return rows[0]?.answered ?? false;
};

/** Nothing is decided: what is new is the intent's id, or that 3-D Secure is asked for. */
export const note = async (
  tx: Transaction,
  step: Answered & {
    orderId: string;
    intentId: string | null;
    attempt: number;
    requiresAction: boolean;
    actionUrl: string | null;
    nextActionMs: number | null;
  },
): Promise<boolean> => {
  const { rows } = await tx.query<Count>({
    name: 'payments.note',
    text: `
      with payment as (
        update payments set intent_id = coalesce(intent_id, $2),
          next_action_at = case when next_action_at is null or $5::float is null then next_action_at
            else now() + $5 * interval '1 ms' end
        where order_id = $1
      ), attempt as (
        update payment_attempts set status = 'requires_action', action_url = $7
        where order_id = $1 and attempt_number = $3 and $4::boolean
      ), answered as (${answerKey('$6')})
      ${isAnswered}`,
    values: [
      step.orderId,
      step.intentId,
      step.attempt,
      step.requiresAction,
      step.nextActionMs,
      step.answer,
      step.actionUrl,
    ],
  });
  return rows[0]?.answered ?? false;
};

/** T5: the money is ours, and in the ledger. */
export const capture = async (
  tx: Transaction,
  step: { orderId: string; transfer: Transfer; events: string },
): Promise<void> => {
  await tx.query({
    name: 'payments.capture',
    text: `
      with the_order as (
        update orders set status = 'paid', paid_at = now(), version = version + 1 where id = $1
      ), payment as (
        update payments set status = 'captured', captured_minor = amount_minor,
          action_failures = 0, next_action_at = null
        where order_id = $1
      ), posted as (${postTransfers('$2')}
      ), entries as (${postEntries('$2')})
      ${outboxInsert('$3')}`,
    values: [step.orderId, toTransfersJson([step.transfer]), step.events],
  });
};

type End = Told &
  Answered & {
    readonly orderId: string;
    readonly intentId: string | null;
    readonly order: Extract<OrderStatus, 'cancelling' | 'cancelled'>;
    readonly payment: Extract<PaymentStatus, 'voiding' | 'voided'>;
    readonly reason: string;
  };

/**
 * T6 and T7: an order on its way to `cancelled`, or there. Its goods are free again at once; a version
 * is counted only at the end, as only that is told. Holds of an order that was authorised had become
 * allocations.
 */
export const end = async (tx: Transaction, step: End): Promise<boolean> => {
  const { rows } = await tx.query<Count>({
    name: 'payments.end',
    text: `
      with the_order as (
        update orders set status = $3, cancel_reason = coalesce(cancel_reason, $5),
          cancelling_at = coalesce(cancelling_at, now()),
          cancelled_at = case when $3 = 'cancelled' then now() end,
          version = version + case when $3 = 'cancelled' then 1 else 0 end
        where id = $1
      ), payment as (
        update payments set status = $4, intent_id = coalesce(intent_id, $2), action_failures = 0,
          next_action_at = case when $4 = 'voiding' then now() end
        where order_id = $1
      ), former as materialized (
        select sku, quantity, status from stock_holds
        where order_id = $1 and status <> 'released' for update
      ), holds as (
        update stock_holds h set status = 'released' from former
        where h.order_id = $1 and h.sku = former.sku
        returning former.sku, former.quantity, former.status
      ), locked as materialized (
        select stock.sku, holds.quantity, holds.status from stock join holds using (sku)
        order by stock.sku for no key update of stock
      ), moved as (
        update stock set version = version + 1,
          held = held - case when locked.status = 'active' then locked.quantity else 0 end,
          allocated = allocated - case when locked.status = 'consumed' then locked.quantity else 0 end
        from locked where stock.sku = locked.sku
        returning stock.*
      ), stock_told as (${tellStock('moved', '$7')}
      ), order_told as (${outboxInsert('$6')}
      ), answered as (${answerKey('$8')})
      ${isAnswered}`,
    values: [
      step.orderId,
      step.intentId,
      step.order,
      step.payment,
      step.reason,
      step.events,
      step.traceparent,
      step.answer,
    ],
  });
  return rows[0]?.answered ?? false;
};

/** The fence found the money captured: it is ours in the ledger, and a refund of all of it is due. */
export const giveBack = async (
  tx: Transaction,
  step: {
    orderId: string;
    intentId: string;
    transfer: Transfer;
    refund: { readonly id: string; readonly parts: Parts };
    events: string;
  },
): Promise<void> => {
  const { id, parts } = step.refund;
  await tx.query({
    name: 'payments.give_back',
    text: `
      with the_order as (
        update orders set version = version + 1 where id = $1
      ), payment as (
        update payments set status = 'refunding', captured_minor = amount_minor, intent_id = $2,
          action_failures = 0, next_action_at = now()
        where order_id = $1
        returning order_id, currency, amount_minor
      ), posted as (${postTransfers('$3')}
      ), entries as (${postEntries('$3')}
      ), refund as (
        insert into refunds (id, order_id, currency, amount_minor, reason, requested_by, psp_key,
          sales_minor, delivery_minor, tax_minor)
        select $4::uuid, order_id, currency, amount_minor, 'order cancelled', 'payments',
          'rf:' || $4::uuid, $5::bigint, $6::bigint, $7::bigint
        from payment
      )
      ${outboxInsert('$8')}`,
    values: [
      step.orderId,
      step.intentId,
      toTransfersJson([step.transfer]),
      id,
      parts.sales,
      parts.delivery,
      parts.tax,
      step.events,
    ],
  });
};

/** A disagreement about money. The payment stands still until a person has looked. */
export const freeze = async (
  tx: Transaction,
  step: { orderId: string; pspRef: string; currency: string; amount: bigint; note: string },
): Promise<void> => {
  await tx.query({
    name: 'payments.freeze',
    text: `
      with frozen as (
        update payments set next_action_at = null where order_id = $1
      )
      insert into recon_breaks (kind, psp_ref, order_id, currency, amount_minor, note)
      values ('amount_mismatch', $2, $1, $3, $4, $5)
      on conflict do nothing`,
    values: [step.orderId, step.pspRef, step.currency, step.amount, step.note],
  });
};
