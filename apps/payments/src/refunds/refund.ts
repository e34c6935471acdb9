import { allocate } from '@hemline/money';
import { type OrderMoney, type Parts, partsOf } from '../ledger/transfer.ts';
import type { OrderLine } from '../orders/order.ts';
import type { RefundStatus } from '../transitions.ts';

export type RefundedLine = { readonly sku: string; readonly quantity: number };

export type Refund = {
  readonly id: string;
  readonly amount: bigint;
  readonly status: RefundStatus;
  /** What of the order's money it takes back, each part from where it was posted. */
  readonly parts: Parts;
  readonly lines: readonly RefundedLine[] | null;
  readonly includesDelivery: boolean;
  readonly restock: boolean;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly pspRefundId: string | null;
  readonly failure: string | null;
};

/** What decides what may still go back, read under the lock of the order's row. */
export type Refundable = {
  readonly order: OrderMoney & { readonly captured: bigint };
  readonly lines: readonly OrderLine[];
  readonly refunds: readonly Refund[];
  /** What disputes have taken: open ones and lost ones. */
  readonly disputed: bigint;
};

export type Wish =
  | { readonly kind: 'amount'; readonly amount: bigint; readonly currency: string }
  | { readonly kind: 'lines'; readonly lines: readonly RefundedLine[] };

export type Plan = {
  readonly amount: bigint;
  readonly parts: Parts;
  readonly lines: readonly RefundedLine[] | null;
  readonly includesDelivery: boolean;
};

export type Refusal =
  | { readonly code: 'refunds.not_captured' | 'refunds.nothing_to_refund' }
  | { readonly code: 'refunds.other_currency'; readonly currency: string }
  | { readonly code: 'refunds.exceeds_captured'; readonly amount: bigint; readonly left: bigint }
  | { readonly code: 'refunds.exceeds_ordered'; readonly sku: string; readonly left: number };

/** Refunds that have the money, will get it, or may: a new one may not count on what they hold. */
const isReserving = ({ status }: Refund): boolean => status !== 'failed' && status !== 'rejected';

/** The provider has taken it on, and the money has left us. */
export const isAccepted = ({ status }: Refund): boolean =>
  status === 'pending' || status === 'succeeded';

export const isUnderWay = ({ status }: Refund): boolean =>
  status === 'requested' || status === 'sent' || status === 'pending';

export const sumOf = (refunds: readonly Refund[]): bigint =>
  refunds.reduce((sum, { amount }) => sum + amount, 0n);

export const leftToRefund = ({ order, refunds, disputed }: Refundable): bigint => {
  const left = order.captured - sumOf(refunds.filter(isReserving)) - disputed;
  return left > 0n ? left : 0n;
};

/**
 * What a refund gives back, and of which parts of the order's money. An amount is taken in proportion
 * from what is left of each part: no part is ever given back twice, and the last refund takes exactly
 * what the others left. Lines take what was paid for them, and the delivery with the last of the goods.
 */
export const planRefund = (state: Refundable, wish: Wish): Plan | Refusal => {
  if (state.order.captured === 0n) return { code: 'refunds.not_captured' };
  const wanted = wish.kind === 'lines' ? valueOfLines(state, wish.lines) : wish;
  if ('code' in wanted) return wanted;
  if (wish.kind === 'amount' && wish.currency !== state.order.currency) {
    return { code: 'refunds.other_currency', currency: state.order.currency };
  }
  const { amount } = wanted;
  if (amount <= 0n) return { code: 'refunds.nothing_to_refund' };
  const left = leftToRefund(state);
  if (amount > left) return { code: 'refunds.exceeds_captured', amount, left };
  if (!('parts' in wanted)) {
    const parts = shareOf(amount, remainingParts(state));
    return { amount, parts, lines: null, includesDelivery: false };
  }
  return { ...wanted, parts: within(wanted.parts, remainingParts(state)) };
};

const subtract = (a: Parts, b: Parts): Parts => ({
  sales: a.sales - b.sales,
  delivery: a.delivery - b.delivery,
  tax: a.tax - b.tax,
});

const remainingParts = ({ order, refunds }: Refundable): Parts =>
  refunds.filter(isReserving).reduce((left, { parts }) => subtract(left, parts), partsOf(order));

/** No share is above its part, as the whole is not above the sum of the parts. */
const shareOf = (amount: bigint, { sales, delivery, tax }: Parts): Parts => {
  const [a = 0n, b = 0n, c = 0n] = allocate(amount, [sales, delivery, tax]);
  return { sales: a, delivery: b, tax: c };
};

/** What was given back as a mere amount may have taken of the parts that these lines come from. */
const within = (parts: Parts, left: Parts): Parts => {
  const isWithin =
    parts.sales <= left.sales && parts.delivery <= left.delivery && parts.tax <= left.tax;
  return isWithin ? parts : shareOf(parts.sales + parts.delivery + parts.tax, left);
};

const quantityOf = (lines: readonly RefundedLine[], sku: string): number =>
  lines.reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0);

const valueOfLines = (
  { order, lines, refunds }: Refundable,
  wanted: readonly RefundedLine[],
): Plan | Refusal => {
  const earlier = refunds.filter(isReserving);
  const returned = earlier.flatMap((refund) => refund.lines ?? []);
  let [gross, tax] = [0n, 0n];
  for (const { sku, quantity } of wanted) {
    const before = quantityOf(returned, sku);
    const left = quantityOf(lines, sku) - before;
    if (quantity > left) return { code: 'refunds.exceeds_ordered', sku, left };
    const own = lines.filter((line) => line.sku === sku);
    const [from, to] = [firstUnits(own, before), firstUnits(own, before + quantity)];
    gross += to.total - from.total;
    tax += to.tax - from.tax;
  }
  const all = [...returned, ...wanted];
  const isLast = lines.every(({ sku }) => quantityOf(all, sku) === quantityOf(lines, sku));
  const includesDelivery = isLast && !earlier.some((refund) => refund.includesDelivery);
  const [delivery, deliveryTax] = includesDelivery ? [order.delivery, order.deliveryTax] : [0n, 0n];
  return {
    amount: gross + delivery,
    parts: { sales: gross - tax, delivery: delivery - deliveryTax, tax: tax + deliveryTax },
    lines: wanted,
    includesDelivery,
  };
};

/** What the first units of a sku cost. Shares are rounded from the beginning, so that they add up. */
const firstUnits = (
  lines: readonly OrderLine[],
  count: number,
): { readonly total: bigint; readonly tax: bigint } => {
  let [total, tax, left] = [0n, 0n, count];
  for (const line of lines) {
    const taken = Math.min(left, line.quantity);
    total += (line.total * BigInt(taken)) / BigInt(line.quantity);
    tax += (line.tax * BigInt(taken)) / BigInt(line.quantity);
    left -= taken;
  }
  return { total, tax };
};

/**
 * Whether a second person must confirm. What one person gives back of one order counts together, so that
 * a large refund cannot be made of small ones.
 */
export const needsSecondPerson = (
  refunds: readonly Refund[],
  amount: bigint,
  threshold: bigint,
): boolean => {
  const alone = refunds.filter(
    (refund) =>
      isReserving(refund) && refund.status !== 'awaiting_approval' && refund.decidedBy === null,
  );
  return sumOf(alone) + amount >= threshold;
};
