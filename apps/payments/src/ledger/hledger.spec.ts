import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toAmount, toHeader, toTransaction } from './hledger.ts';

const accounts = [
  { id: 'psp_clearing', kind: 'asset' },
  { id: 'sales_revenue', kind: 'income' },
];

describe('the books as hledger reads them', () => {
  it.each([
    [6390n, 'EUR', '63.90 EUR'],
    [-5n, 'EUR', '-0.05 EUR'],
    [0n, 'EUR', '0.00 EUR'],
    [500n, 'JPY', '500 JPY'],
    [1n, 'KWD', '0.001 KWD'],
    [90_071_992_547_409_931n, 'EUR', '900719925474099.31 EUR'],
  ])('write %s minor units of %s as %s', (amount, currency, text) => {
    expect(toAmount(amount, currency)).toBe(text);
  });

  it('lose nothing of an amount of any currency', () => {
    const codes = Intl.supportedValuesOf('currency');
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 17n), 10n ** 17n),
        fc.constantFrom(...codes),
        (amount, code) => {
          const [number = '', currency] = toAmount(amount, code).split(' ');
          expect(BigInt(number.replace('.', ''))).toBe(amount);
          expect(currency).toBe(code);
        },
      ),
    );
  });

  it('declare what they use, and say where each transfer comes from', () => {
    expect(toHeader(accounts, ['EUR', 'JPY', 'KWD'])).toBe(
      [
        '; The ledger of payments. Debits are positive, credits negative.',
        'decimal-mark .',
        'commodity 1000.00 EUR',
        'commodity 1000. JPY',
        'commodity 1000.000 KWD',
        'account assets:psp_clearing  ; type: A',
        'account revenues:sales_revenue  ; type: R',
        '',
        '',
      ].join('\n'),
    );
    const transfer = {
      id: 't1',
      kind: 'capture',
      sourceId: 'pi_1; x\n2026-01-01 y',
      orderId: 'o1',
      postedAt: new Date('2026-11-24T13:00:00.123Z'),
      entries: [
        { account: 'psp_clearing', currency: 'EUR', amount: 5n },
        { account: 'sales_revenue', currency: 'EUR', amount: -5n },
      ],
    };
    expect(toTransaction(transfer, new Map(accounts.map((each) => [each.id, each])))).toBe(
      [
        '2026-11-24 * capture pi_1__x_2026-01-01_y  ; at:13:00:00.123Z, transfer:t1, order:o1',
        '    assets:psp_clearing                       0.05 EUR',
        '    revenues:sales_revenue                    -0.05 EUR',
        '',
        '',
      ].join('\n'),
    );
  });
});
