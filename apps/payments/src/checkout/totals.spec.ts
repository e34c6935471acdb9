import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { captureTransfer, partsOf, refundTransfer } from '../ledger/transfer.ts';
import { type PricedLine, type Rates, toTotals } from './totals.ts';

const someLines: fc.Arbitrary<PricedLine[]> = fc.array(
  fc.record({
    sku: fc.constant('sku'),
    title: fc.constant('Shirt'),
    quantity: fc.integer({ min: 1, max: 99 }),
    unitPrice: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
  }),
  { minLength: 1, maxLength: 100 },
);
const someRates: fc.Arbitrary<Rates> = fc.record({
  taxBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  deliveryFee: fc.bigInt({ min: 0n, max: 10_000n }),
  freeDeliveryFrom: fc.bigInt({ min: 0n, max: 1_000_000n }),
});

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

describe('totals', () => {
  it('add up: lines to the subtotal, delivery to the total, shares of tax to the tax', () => {
    fc.assert(
      fc.property(someLines, someRates, (priced, rates) => {
        const totals = toTotals(priced, rates);
        expect(sum(totals.lines.map(({ total }) => total))).toBe(totals.subtotal);
        expect(totals.subtotal + totals.delivery).toBe(totals.total);
        expect(sum(totals.lines.map(({ tax }) => tax)) + totals.deliveryTax).toBe(totals.tax);
      }),
    );
  });

  it('hold no line whose tax is below zero or above what it costs', () => {
    fc.assert(
      fc.property(someLines, someRates, (priced, rates) => {
        const totals = toTotals(priced, rates);
        const shares = totals.lines.map(({ tax, total }) => [tax, total] as const);
        for (const [tax, total] of [...shares, [totals.deliveryTax, totals.delivery] as const]) {
          expect(tax >= 0n && tax <= total).toBe(true);
        }
      }),
    );
  });

  it('include a tax within one minor unit of the rate', () => {
    fc.assert(
      fc.property(someLines, someRates, (priced, rates) => {
        const { total, tax } = toTotals(priced, rates);
        const basis = BigInt(rates.taxBasisPoints);
        const off = tax * (10_000n + basis) - total * basis;
        expect(off >= 0n && off < 10_000n + basis).toBe(true);
      }),
    );
  });

  it('deliver free from the limit on', () => {
    const rates = { taxBasisPoints: 2300, deliveryFee: 490n, freeDeliveryFrom: 7500n };
    const line = { sku: 'a', title: 'A', quantity: 1 };
    expect(toTotals([{ ...line, unitPrice: 7499n }], rates).delivery).toBe(490n);
    expect(toTotals([{ ...line, unitPrice: 7500n }], rates).delivery).toBe(0n);
  });
});

describe('a transfer', () => {
  it('sums to zero, moves the total, and is undone by its refund', () => {
    fc.assert(
      fc.property(someLines, someRates, (priced, rates) => {
        const order = { ...toTotals(priced, rates), id: 'o', currency: 'EUR' };
        const capture = captureTransfer(order, 'pi_1');
        expect(sum(capture.entries.map(({ amount }) => amount))).toBe(0n);
        expect(capture.entries.every(({ amount }) => amount !== 0n)).toBe(true);
        const clearing = capture.entries.filter(({ account }) => account === 'psp_clearing');
        expect(sum(clearing.map(({ amount }) => amount))).toBe(order.total);
        const posting = { orderId: order.id, currency: order.currency };
        const refund = refundTransfer(posting, 're_1', partsOf(order));
        expect(refund.entries.map(({ amount }) => -amount)).toEqual(
          capture.entries.map(({ amount }) => amount),
        );
      }),
    );
  });
});
