import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addMoney,
  allocate,
  currencyExponent,
  formatMoney,
  moneyFromJson,
  moneySchema,
  moneyToJson,
} from './money.ts';

describe('money', () => {
  it('survives JSON unchanged for any amount within bounds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (amount) => {
        const money = { amount, currency: 'EUR' };
        const wire = JSON.parse(JSON.stringify(moneyToJson(money)));
        expect(moneyFromJson(moneySchema.parse(wire))).toEqual(money);
      }),
    );
  });

  it.each(['1.5', '1e3', '', '01', '-0', '0x10', ' 1', '1 ', '9'.repeat(16), 100])(
    'refuses %p as an amount',
    (amount) => {
      expect(moneySchema.safeParse({ amount, currency: 'EUR' }).success).toBe(false);
    },
  );

  it('adds only within one currency', () => {
    const eur = { amount: 1n, currency: 'EUR' };
    expect(addMoney(eur, eur)).toEqual({ amount: 2n, currency: 'EUR' });
    expect(() => addMoney(eur, { amount: 1n, currency: 'USD' })).toThrow('cannot add EUR and USD');
  });

  it('splits any total into parts that add up to it', () => {
    const weights = fc
      .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 50 })
      .filter((list) => list.some((weight) => weight > 0n));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), weights, (total, list) => {
        const parts = allocate(total, list);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        expect(parts.every((part) => part >= 0n)).toBe(true);
      }),
    );
  });

  it('knows currencies without cents and with three decimals', () => {
    expect(['EUR', 'JPY', 'KWD'].map(currencyExponent)).toEqual([2, 0, 3]);
    expect(formatMoney({ amount: 129900n, currency: 'EUR' })).toBe('€1,299.00');
    expect(formatMoney({ amount: 500n, currency: 'JPY' })).toContain('500');
    expect(formatMoney({ amount: -5n, currency: 'EUR' })).toBe('-€0.05');
    expect(formatMoney({ amount: 90071992547409931n, currency: 'EUR' })).toBe(
      '€900,719,925,474,099.31',
    );
  });
});
