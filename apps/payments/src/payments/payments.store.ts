import { outboxInsert } from '@hemline/messaging';
import type { Queryable, Transaction } from '@hemline/postgres';
import { answerKey } from '../checkout/idempotency-keys.store.ts';
import type { Transfer } from '../ledger/transfer.ts';
import type { OrderStatus } from '../orders/order.ts';
import { tellStock } from '../stock/stock.store.ts';
import type { PaymentStatus } from './payment.ts';

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
        update payment_attempts set status = 'requires_action'
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
    ],
  });
  return rows[0]?.answered ?? false;
};

const postTransfer = (parameter: string): string => `
  insert into ledger_transfers (id, kind, source_id, order_id)
  select gen_random_uuid(), t.kind, t.source_id, t.order_id
  from jsonb_to_record(${parameter}::jsonb) as t (kind text, source_id text, order_id uuid)
  on conflict on constraint ledger_transfers_source_key do nothing
  returning id`;

/** The entries belong to the transfer that was posted; posted before, there is nothing to add. */
const postEntries = (parameter: string): string => `
  insert into ledger_entries (transfer_id, entry_number, account_id, currency, amount_minor)
  select transfer.id, e.entry_number, e.account, e.currency, e.amount
  from transfer, jsonb_to_recordset(${parameter}::jsonb -> 'entries')
    as e (entry_number int, account text, currency text, amount bigint)`;

const toTransferJson = ({ kind, sourceId, orderId, entries }: Transfer): string =>
  JSON.stringify({
    kind,
    source_id: sourceId,
    order_id: orderId,
    entries: entries.map(({ account, currency, amount }, i) => ({
      entry_number: i + 1,
      account,
      currency,
      amount: amount.toString(),
    })),
  });

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
      ), transfer as (${postTransfer('$2')}
      ), entries as (${postEntries('$2')})
      ${outboxInsert('$3')}`,
    values: [step.orderId, toTransferJson(step.transfer), step.events],
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
  step: { orderId: string; transfer: Transfer; refundId: string },
): Promise<void> => {
  await tx.query({
    name: 'payments.give_back',
    text: `
      with payment as (
        update payments set status = 'refunding', captured_minor = amount_minor,
          intent_id = $2::jsonb ->> 'source_id', action_failures = 0, next_action_at = now()
        where order_id = $1
        returning order_id, currency, amount_minor
      ), transfer as (${postTransfer('$2')}
      ), entries as (${postEntries('$2')})
      insert into refunds (id, order_id, currency, amount_minor, reason, requested_by, psp_key)
      select $3::uuid, order_id, currency, amount_minor, 'order cancelled', 'payments', 'rf:' || $3::uuid
      from payment`,
    values: [step.orderId, toTransferJson(step.transfer), step.refundId],
  });
};

/** T9 for money that went back because its order had been cancelled. */
export const refunded = async (
  tx: Transaction,
  step: { orderId: string; refundId: string; pspRefundId: string; transfer: Transfer },
): Promise<void> => {
  await tx.query({
    name: 'payments.refunded',
    text: `
      with the_order as (
        update orders set status = 'refunded', refunded_at = now() where id = $1
      ), payment as (
        update payments set status = 'refunded', action_failures = 0, next_action_at = null
        where order_id = $1
      ), transfer as (${postTransfer('$4')}
      ), entries as (${postEntries('$4')})
      update refunds set status = 'succeeded', psp_refund_id = $3, settled_at = now()
      where id = $2`,
    values: [step.orderId, step.refundId, step.pspRefundId, toTransferJson(step.transfer)],
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

/** The refund that an order's payment is waiting for. */
export const findDueRefund = async (
  db: Queryable,
  orderId: string,
): Promise<{ id: string; amount: bigint; firstSentAt: Date | null } | undefined> => {
  const { rows } = await db.query<{
    id: string;
    amount_minor: bigint;
    first_sent_at: Date | null;
  }>({
    name: 'payments.find_due_refund',
    text: `update refunds set status = 'sent', first_sent_at = coalesce(first_sent_at, now())
           where order_id = $1 and status in ('requested', 'sent')
           returning id, amount_minor, first_sent_at`,
    values: [orderId],
  });
  const [row] = rows;
  return row && { id: row.id, amount: row.amount_minor, firstSentAt: row.first_sent_at };
};
