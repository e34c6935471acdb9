import { outboxInsert } from '@hemline/messaging';
import type { Queryable, Transaction } from '@hemline/postgres';
import { answerKey } from '../checkout/idempotency-keys.store.ts';
import { postEntries, postTransfers, toTransfersJson } from '../ledger/posting.ts';
import type { Transfer } from '../ledger/transfer.ts';
import { type StaffAction, recordAction } from '../staff-actions/staff-actions.store.ts';
import { tellStock } from '../stock/stock.store.ts';
import type { OrderStatus, PaymentStatus, RefundStatus } from '../transitions.ts';
import type { Plan, Refund, RefundedLine } from './refund.ts';

type Row = {
  id: string;
  amount_minor: bigint;
  status: RefundStatus;
  sales_minor: bigint;
  delivery_minor: bigint;
  tax_minor: bigint;
  lines: RefundedLine[] | null;
  includes_delivery: boolean;
  restock: boolean;
  reason: string;
  requested_by: string;
  requested_at: Date;
  decided_by: string | null;
  psp_refund_id: string | null;
  failure: string | null;
};

const toRefund = (row: Row): Refund => ({
  id: row.id,
  amount: row.amount_minor,
  status: row.status,
  parts: { sales: row.sales_minor, delivery: row.delivery_minor, tax: row.tax_minor },
  lines: row.lines,
  includesDelivery: row.includes_delivery,
  restock: row.restock,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at,
  decidedBy: row.decided_by,
  pspRefundId: row.psp_refund_id,
  failure: row.failure,
});

/** All refunds of an order, oldest first. One from before parts were kept was of all of its money. */
export const list = async (db: Queryable, orderId: string): Promise<Refund[]> => {
  const { rows } = await db.query<Row>({
    name: 'refunds.list',
    text: `select r.id, r.amount_minor, r.status, r.lines, r.includes_delivery, r.restock, r.reason,
             r.requested_by, r.requested_at, r.decided_by, r.psp_refund_id, r.failure,
             coalesce(r.sales_minor, o.subtotal_minor - o.tax_minor + o.delivery_tax_minor) as sales_minor,
             coalesce(r.delivery_minor, o.delivery_minor - o.delivery_tax_minor) as delivery_minor,
             coalesce(r.tax_minor, o.tax_minor) as tax_minor
           from refunds r join orders o on o.id = r.order_id
           where r.order_id = $1 order by r.requested_at, r.id`,
    values: [orderId],
  });
  return rows.map(toRefund);
};

export type NewRefund = Plan & {
  readonly id: string;
  readonly orderId: string;
  readonly currency: string;
  readonly status: 'requested' | 'awaiting_approval';
  readonly restock: boolean;
  readonly reason: string;
  readonly requestedBy: string;
  /** What she called her request; it stays hers for good. */
  readonly asked?: { readonly key: string; readonly fingerprint: Buffer };
};

type Told = { readonly events: string; readonly action: StaffAction };

/** The refund that a person asked for under a key, however long ago. */
export const findAsked = async (
  db: Queryable,
  { requestedBy, key }: { readonly requestedBy: string; readonly key: string },
): Promise<
  | (Pick<Refund, 'id' | 'amount' | 'status'> & {
      readonly orderId: string;
      readonly currency: string;
      readonly fingerprint: Buffer;
    })
  | undefined
> => {
  const { rows } = await db.query<{
    id: string;
    order_id: string;
    currency: string;
    amount_minor: bigint;
    status: RefundStatus;
    request_fingerprint: Buffer;
  }>({
    name: 'refunds.find_asked',
    text: `select id, order_id, currency, amount_minor, status, request_fingerprint from refunds
           where requested_by = $1 and request_key = $2`,
    values: [requestedBy, key],
  });
  const [row] = rows;
  return (
    row && {
      id: row.id,
      orderId: row.order_id,
      currency: row.currency,
      amount: row.amount_minor,
      status: row.status,
      fingerprint: row.request_fingerprint,
    }
  );
};

/** An order whose refund is to be sent; one version more if that is told. */
const startRefunding = (orderId: string, isStarted: string): string => `
  payment as (
    update payments set status = 'refunding', action_failures = 0, next_action_at = now()
    where order_id = ${orderId} and ${isStarted}
  ), the_order as (
    update orders set version = version + 1 where id = ${orderId} and ${isStarted}
  )`;

/** T8: on record before it is sent, with the answer to the one who asked. False: her key is another's. */
export const request = async (
  tx: Transaction,
  refund: NewRefund,
  { events, action, answer }: Told & { readonly answer: string },
): Promise<boolean> => {
  const { rows } = await tx.query<{ answered: boolean }>({
    name: 'refunds.request',
    text: `
      with refund as (
        insert into refunds (id, order_id, currency, amount_minor, sales_minor, delivery_minor,
          tax_minor, lines, includes_delivery, restock, reason, requested_by, status, psp_key,
          request_key, request_fingerprint)
        values ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'rf:' || $1::uuid, $17, $18)
      ), ${startRefunding('$2', `$13 = 'requested'`)}, action as (${recordAction('$14')}
      ), told as (${outboxInsert('$15')}
      ), answered as (${answerKey('$16')})
      select exists (select from answered) as answered`,
    values: [
      refund.id,
      refund.orderId,
      refund.currency,
      refund.amount,
      refund.parts.sales,
      refund.parts.delivery,
      refund.parts.tax,
      refund.lines && JSON.stringify(refund.lines),
      refund.includesDelivery,
      refund.restock,
      refund.reason,
      refund.requestedBy,
      refund.status,
      JSON.stringify(action),
      events,
      answer,
      refund.asked?.key ?? null,
      refund.asked?.fingerprint ?? null,
    ],
  });
  return rows[0]?.answered ?? false;
};

/** A second person has looked: it is requested now, or never will be. */
export const settleApproval = async (
  tx: Transaction,
  step: Told & {
    readonly orderId: string;
    readonly refundId: string;
    readonly status: 'requested' | 'rejected';
    readonly decidedBy: string;
  },
): Promise<void> => {
  await tx.query({
    name: 'refunds.settle_approval',
    text: `
      with refund as (
        update refunds set status = $3, decided_by = $4, decided_at = now() where id = $2
      ), ${startRefunding('$1', `$3 = 'requested'`)}, action as (${recordAction('$5')})
      ${outboxInsert('$6')}`,
    values: [
      step.orderId,
      step.refundId,
      step.status,
      step.decidedBy,
      JSON.stringify(step.action),
      step.events,
    ],
  });
};

export type DueRefund = {
  readonly id: string;
  readonly amount: bigint;
  readonly pspKey: string;
  readonly wasSent: boolean;
  /** The provider is certain to know the key, if it ever had it. */
  readonly isKeyAlive: boolean;
  /** The provider is certain to have forgotten the key, and what was sent under it has arrived or never will. */
  readonly isKeyForgotten: boolean;
};

/** The refunds of an order that are to be sent, or sent again; on record as such before they are. */
export const markSent = async (db: Queryable, orderId: string): Promise<DueRefund[]> => {
  const { rows } = await db.query<{
    id: string;
    amount_minor: bigint;
    psp_key: string;
    was_sent: boolean;
    is_key_alive: boolean;
    is_key_forgotten: boolean;
  }>({
    name: 'refunds.mark_sent',
    text: `with due as (
             select id, status = 'sent' as was_sent from refunds
             where order_id = $1 and status in ('requested', 'sent') order by id for update
           )
           update refunds r set status = 'sent', first_sent_at = coalesce(first_sent_at, now())
           from due where r.id = due.id
           returning r.id, amount_minor, psp_key, was_sent,
             first_sent_at > now() - interval '20 h' as is_key_alive,
             first_sent_at < now() - interval '25 h' as is_key_forgotten`,
    values: [orderId],
  });
  return rows.map((row) => ({
    id: row.id,
    amount: row.amount_minor,
    pspKey: row.psp_key,
    wasSent: row.was_sent,
    isKeyAlive: row.is_key_alive,
    isKeyForgotten: row.is_key_forgotten,
  }));
};

export const isUnderKey = async (db: Queryable, id: string, pspKey: string): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'refunds.is_under_key',
    text: 'select from refunds where id = $1 and psp_key = $2',
    values: [id, pspKey],
  });
  return rowCount === 1;
};

/** Another key for a refund that the provider does not have; whoever still has the old one changes nothing. */
export const renewKey = async (
  tx: Transaction,
  { id, pspKey }: Pick<DueRefund, 'id' | 'pspKey'>,
  action: StaffAction,
): Promise<string | undefined> => {
  const { rows } = await tx.query<{ psp_key: string }>({
    name: 'refunds.renew_key',
    text: `
      with renewed as (
        update refunds set key_number = key_number + 1, first_sent_at = now(),
          psp_key = 'rf:' || id || ':' || (key_number + 1)
        where id = $1 and psp_key = $2 and status = 'sent'
        returning psp_key
      ), action as (${recordAction('$3')} where exists (select from renewed))
      select psp_key from renewed`,
    values: [id, pspKey, JSON.stringify(action)],
  });
  return rows[0]?.psp_key;
};

export type Step = {
  readonly orderId: string;
  readonly order: OrderStatus;
  readonly payment: PaymentStatus;
  readonly refundId: string;
  readonly status: RefundStatus;
  readonly pspRefundId: string | null;
  readonly failure: string | null;
  readonly accepts: boolean;
  readonly transfers: readonly Transfer[];
  readonly restocked: readonly RefundedLine[];
  readonly events: string;
  readonly eventCount: number;
  readonly traceparent: string | null;
};

const ledgerParts = `
  posted as (${postTransfers('$9')}
  ), entries as (${postEntries('$9')}
  )`;

/** Only what is the order's and not back yet can come back to the shelf, though its refund be asked for twice. */
const restockParts = `
  returned as materialized (
    select h.sku, least(l.quantity, h.quantity - h.restocked_quantity) as quantity
    from stock_holds h join jsonb_to_recordset($10::jsonb) as l (sku text, quantity int) using (sku)
    where h.order_id = $1 and h.status = 'consumed' and h.restocked_quantity < h.quantity
  ), holds as (
    update stock_holds h set restocked_quantity = h.restocked_quantity + returned.quantity
    from returned where h.order_id = $1 and h.sku = returned.sku
  ), locked as materialized (
    select stock.sku, returned.quantity from stock join returned using (sku)
    order by stock.sku for no key update of stock
  ), moved as (
    update stock set allocated = allocated - locked.quantity, version = version + 1
    from locked where stock.sku = locked.sku
    returning stock.*
  ), stock_told as (${tellStock('moved', '$13')}
  )`;

/**
 * T9, and what became of the refund after it: the refund, its order and its payment, the ledger, the goods
 * and what is told of all that, as one. A payment that somebody wants looked at stays due.
 */
export const record = async (tx: Transaction, step: Step): Promise<void> => {
  await tx.query({
    name: 'refunds.record',
    text: `
      with refund as (
        update refunds set status = $4, psp_refund_id = coalesce(psp_refund_id, $5), failure = $6,
          accepted_at = case when $7::boolean then now() else accepted_at end,
          settled_at = case when $4 in ('succeeded', 'failed') then now() end
        where id = $3::uuid
      ), the_order as (
        update orders set status = $2, version = version + $12::int,
          refunded_at = case when $2 <> 'refunded' then null else coalesce(refunded_at, now()) end
        where id = $1
      ), payment as (
        update payments set status = $8, action_failures = 0,
          next_action_at = case when $8 = 'refunding' then coalesce(next_action_at, now())
            when next_action_at < now() + interval '1 s' then next_action_at end
        where order_id = $1
      ), ${ledgerParts}, ${restockParts}
      ${outboxInsert('$11')}`,
    values: [
      step.orderId,
      step.order,
      step.refundId,
      step.status,
      step.pspRefundId,
      step.failure,
      step.accepts,
      step.payment,
      toTransfersJson(step.transfers),
      JSON.stringify(step.restocked),
      step.events,
      step.eventCount,
      step.traceparent,
    ],
  });
};

/** What provider and books do not agree on: told once, as long as it is open. */
export const openBreak = async (
  db: Queryable,
  found: {
    readonly kind: string;
    readonly pspRef: string;
    readonly orderId: string;
    readonly currency: string;
    readonly amount: bigint;
    readonly note: string;
  },
): Promise<void> => {
  await db.query({
    name: 'refunds.open_break',
    text: `insert into recon_breaks (kind, psp_ref, order_id, currency, amount_minor, note)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [found.kind, found.pspRef, found.orderId, found.currency, found.amount, found.note],
  });
};
