import { allocate } from '@hemline/money';
import type { OrderLine } from '../orders/order.ts';

export type Rates = {
  /** Included in every price; 2300 is 23 %. */
  readonly taxBasisPoints: number;
  readonly deliveryFee: bigint;
  readonly freeDeliveryFrom: bigint;
};

export type PricedLine = Omit<OrderLine, 'tax' | 'total'>;

export type Totals = {
  readonly lines: readonly OrderLine[];
  readonly subtotal: bigint;
  readonly delivery: bigint;
  readonly total: bigint;
  readonly tax: bigint;
  readonly deliveryTax: bigint;
};

/**
 * What lines cost together. The tax of the whole is rounded once, then shared among the lines and the
 * delivery in proportion to what they cost, so that the shares add up to it.
 */
export const toTotals = (priced: readonly PricedLine[], rates: Rates): Totals => {
  const amounts = priced.map(({ unitPrice, quantity }) => unitPrice * BigInt(quantity));
  const subtotal = amounts.reduce((a, b) => a + b, 0n);
  const delivery = subtotal >= rates.freeDeliveryFrom ? 0n : rates.deliveryFee;
  const total = subtotal + delivery;
  const [, tax = 0n] = allocate(total, [10_000n, BigInt(rates.taxBasisPoints)]);
  const shares = total === 0n ? [] : allocate(tax, [...amounts, delivery]);
  const lines = priced.map((line, i) => ({
    ...line,
    total: amounts[i] ?? 0n,
    tax: shares[i] ?? 0n,
  }));
  return { lines, subtotal, delivery, total, tax, deliveryTax: shares.at(-1) ?? 0n };
};
