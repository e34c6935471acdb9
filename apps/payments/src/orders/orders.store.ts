import type { Query, Queryable, Transaction } from '@hemline/postgres';
import type { OrderMoney } from '../ledger/transfer.ts';
import type { PaymentState } from '../payments/payment.ts';
import type { AttemptStatus, OrderStatus, PaymentStatus } from '../transitions.ts';
import type { OrderLine } from './order.ts';

/** An order with its payment: all that the protocol needs to decide and to answer. */
export type Order = OrderMoney &
  PaymentState & {
    readonly version: number;
    readonly cart: { readonly id: string; readonly version: number };
    readonly paymentMethod: string;
    /** What the attempt's request named, so that the same one can be sent again. */
    readonly sentIntentId: string | null;
    readonly returnUrl: string | null;
    /** Where her bank asks the shopper. */
    readonly actionUrl: string | null;
    readonly declineCode: string | null;
    readonly firstSentAt: Date;
    readonly isHoldExpired: boolean;
    readonly cancelReason: string | null;
    readonly captured: bigint;
  };

type Row = {
  id: string;
  order_status: OrderStatus;
  version: number;
  cart_id: string;
  cart_version: number;
  currency: string;
  subtotal_minor: bigint;
  delivery_minor: bigint;
  tax_minor: bigint;
  delivery_tax_minor: bigint;
  total_minor: bigint;
  is_hold_expired: boolean;
  cancel_reason: string | null;
  intent_id: string | null;
  status: PaymentStatus;
  captured_minor: bigint;
  attempt_number: number;
  attempt_status: AttemptStatus;
  payment_method: string;
  sent_intent_id: string | null;
  return_url: string | null;
  action_url: string | null;
  decline_code: string | null;
  first_sent_at: Date;
};

const select = `
  select o.id, o.status as order_status, o.version, o.cart_id, o.cart_version, o.currency,
    o.subtotal_minor, o.delivery_minor, o.tax_minor, o.delivery_tax_minor, o.total_minor,
    o.hold_expires_at <= now() as is_hold_expired, o.cancel_reason,
    p.intent_id, p.status, p.captured_minor, p.attempt_number,
    a.status as attempt_status, a.payment_method,
    a.intent_id as sent_intent_id, a.return_url, a.action_url, a.decline_code, a.first_sent_at
  from orders o join payments p on p.order_id = o.id
  join payment_attempts a on a.order_id = o.id and a.attempt_number = p.attempt_number`;

const toOrder = (row: Row): Order => ({
  id: row.id,
  orderStatus: row.order_status,
  version: row.version,
  cart: { id: row.cart_id, version: row.cart_version },
  currency: row.currency,
  subtotal: row.subtotal_minor,
  delivery: row.delivery_minor,
  tax: row.tax_minor,
  deliveryTax: row.delivery_tax_minor,
  total: row.total_minor,
  amount: row.total_minor,
  isHoldExpired: row.is_hold_expired,
  cancelReason: row.cancel_reason,
  intentId: row.intent_id,
  status: row.status,
  captured: row.captured_minor,
  attempt: row.attempt_number,
  attemptStatus: row.attempt_status,
  paymentMethod: row.payment_method,
  sentIntentId: row.sent_intent_id,
  returnUrl: row.return_url,
  actionUrl: row.action_url,
  declineCode: row.decline_code,
  firstSentAt: row.first_sent_at,
});

const lockWhere = async (tx: Transaction, query: Query): Promise<Order | undefined> => {
  // A row whose attempt number changed while we waited for its lock joins to nothing the first time;
  // the second statement sees what was committed, and the lock is ours by then.
  const { rows } = await tx.query<Row>(query);
  const [row] = rows.length > 0 ? rows : (await tx.query<Row>(query)).rows;
  return row && toOrder(row);
};

/** The root of everything that happens to an order: whoever changes any of it holds this lock. */
export const lock = (tx: Transaction, id: string): Promise<Order | undefined> =>
  lockWhere(tx, {
    name: 'orders.lock',
    text: `${select} where o.id = $1 for update`,
    values: [id],
  });

/** The same for the one who holds its token. */
export const lockForOwner = (
  tx: Transaction,
  { id, tokenHash }: { readonly id: string; readonly tokenHash: Buffer },
): Promise<Order | undefined> =>
  lockWhere(tx, {
    name: 'orders.lock_for_owner',
    text: `${select} where o.id = $1 and o.token_hash = $2 for update`,
    values: [id, tokenHash],
  });

export const find = async (db: Queryable, id: string): Promise<Order | undefined> => {
  const { rows } = await db.query<Row>({
    name: 'orders.find',
    text: `${select} where o.id = $1`,
    values: [id],
  });
  return rows[0] && toOrder(rows[0]);
};

export const findForOwner = async (
  db: Queryable,
  { id, tokenHash }: { readonly id: string; readonly tokenHash: Buffer },
): Promise<Order | undefined> => {
  const { rows } = await db.query<Row>({
    name: 'orders.find_for_owner',
    text: `${select} where o.id = $1 and o.token_hash = $2`,
    values: [id, tokenHash],
  });
  return rows[0] && toOrder(rows[0]);
};

/** The attempt that a key was bound to, which need not be the latest. */
export const findAttempt = async (
  db: Queryable,
  { orderId, attempt }: { readonly orderId: string; readonly attempt: number },
): Promise<{ status: AttemptStatus; declineCode: string | null } | undefined> => {
  const { rows } = await db.query<{ status: AttemptStatus; decline_code: string | null }>({
    name: 'orders.find_attempt',
    text: `select status, decline_code from payment_attempts
           where order_id = $1 and attempt_number = $2`,
    values: [orderId, attempt],
  });
  return rows[0] && { status: rows[0].status, declineCode: rows[0].decline_code };
};

export const listLines = async (db: Queryable, orderId: string): Promise<OrderLine[]> => {
  const { rows } = await db.query<{
    sku: string;
    title: string;
    quantity: number;
    unit_price_minor: bigint;
    total_minor: bigint;
    tax_minor: bigint;
  }>({
    name: 'orders.list_lines',
    text: `select sku, title, quantity, unit_price_minor, total_minor, tax_minor
           from order_lines where order_id = $1 order by line_number`,
    values: [orderId],
  });
  return rows.map((row) => ({
    sku: row.sku,
    title: row.title,
    quantity: row.quantity,
    unitPrice: row.unit_price_minor,
    total: row.total_minor,
    tax: row.tax_minor,
  }));
};

export const findEmail = async (db: Queryable, orderId: string): Promise<string | undefined> => {
  const { rows } = await db.query<{ email: string }>({
    name: 'orders.find_email',
    text: 'select email from orders where id = $1',
    values: [orderId],
  });
  return rows[0]?.email;
};
