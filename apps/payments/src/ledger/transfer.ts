/** A movement of money between accounts. Debits are positive, credits negative; the sum is zero. */
export type Transfer = {
  readonly kind: 'capture' | 'refund';
  /** What is posted, by the id of its owner; it can be posted once. */
  readonly sourceId: string;
  readonly orderId: string;
  readonly entries: readonly Entry[];
};

type Account = 'psp_clearing' | 'sales_revenue' | 'delivery_revenue' | 'tax_payable';

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

const entriesOf = (order: OrderMoney, sign: 1n | -1n): Entry[] => {
  const { currency, total, tax, deliveryTax } = order;
  const amounts: readonly (readonly [Account, bigint])[] = [
    ['psp_clearing', total],
    ['sales_revenue', -(order.subtotal - (tax - deliveryTax))],
    ['delivery_revenue', -(order.delivery - deliveryTax)],
    ['tax_payable', -tax],
  ];
  return amounts
    .filter(([, amount]) => amount !== 0n)
    .map(([account, amount]) => ({ account, currency, amount: sign * amount }));
};

/** The provider took the order's total for us. An intent is captured once, so it is the source. */
export const captureTransfer = (order: OrderMoney, intentId: string): Transfer => ({
  kind: 'capture',
  sourceId: intentId,
  orderId: order.id,
  entries: entriesOf(order, 1n),
});

/** All of an order's money went back. */
export const fullRefundTransfer = (order: OrderMoney, refundId: string): Transfer => ({
  kind: 'refund',
  sourceId: refundId,
  orderId: order.id,
  entries: entriesOf(order, -1n),
});
