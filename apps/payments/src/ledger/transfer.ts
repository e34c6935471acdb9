/** A movement of money between accounts. Debits are positive, credits negative; the sum is zero. */
export type Transfer = {
  readonly kind: TransferKind;
  /** What is posted, by the id of its owner; it can be posted once. */
  readonly sourceId: string;
  readonly orderId: string;
  readonly entries: readonly Entry[];
};

export type TransferKind =
  | 'capture'
  | 'refund'
  | 'refund_reversal'
  | 'dispute'
  | 'dispute_won'
  | 'dispute_lost';

type Account =
  | 'psp_clearing'
  | 'sales_revenue'
  | 'delivery_revenue'
  | 'tax_payable'
  | 'disputes'
  | 'dispute_losses';

type Entry = { readonly account: Account; readonly currency: string; readonly amount: bigint };

/** The parts of an order's total; tax is included in the prices of goods and delivery. */
export type OrderMoney = {
  readonly id: string;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly delivery: bigint;
  readonly total: bigint;
  readonly tax: bigint;
  readonly deliveryTax: bigint;
};

/** Where an order's money goes: to the shop without its tax, and to the tax office. */
export type Parts = { readonly sales: bigint; readonly delivery: bigint; readonly tax: bigint };

export const partsOf = (order: OrderMoney): Parts => ({
  sales: order.subtotal - (order.tax - order.deliveryTax),
  delivery: order.delivery - order.deliveryTax,
  tax: order.tax,
});

type Posting = { readonly orderId: string; readonly currency: string };

const toEntries = (
  currency: string,
  amounts: readonly (readonly [Account, bigint])[],
): readonly Entry[] =>
  amounts
    .filter(([, amount]) => amount !== 0n)
    .map(([account, amount]) => ({ account, currency, amount }));

/** Positive: the provider takes it for us. Negative: it gives it back. */
const entriesOf = (currency: string, { sales, delivery, tax }: Parts, sign: 1n | -1n) =>
  toEntries(currency, [
    ['psp_clearing', sign * (sales + delivery + tax)],
    ['sales_revenue', -sign * sales],
    ['delivery_revenue', -sign * delivery],
    ['tax_payable', -sign * tax],
  ]);

/** The provider took the order's total for us. An intent is captured once, so it is the source. */
export const captureTransfer = (order: OrderMoney, intentId: string): Transfer => ({
  kind: 'capture',
  sourceId: intentId,
  orderId: order.id,
  entries: entriesOf(order.currency, partsOf(order), 1n),
});

/** Money left us for a shopper. The source is the provider's refund: it moves money once. */
export const refundTransfer = (
  { orderId, currency }: Posting,
  pspRefundId: string,
  parts: Parts,
): Transfer => ({
  kind: 'refund',
  sourceId: pspRefundId,
  orderId,
  entries: entriesOf(currency, parts, -1n),
});

/** It did not arrive, and came back. */
export const reversalTransfer = (
  { orderId, currency }: Posting,
  pspRefundId: string,
  parts: Parts,
): Transfer => ({
  kind: 'refund_reversal',
  sourceId: pspRefundId,
  orderId,
  entries: entriesOf(currency, parts, 1n),
});
