import { currencyExponent } from '@hemline/money';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePrice } from './price.ts';

const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD');

describe('a price', () => {
  it('becomes its minor units, digit by digit, in any currency and with any zeros', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n - 1n }),
        currency,
        fc.nat({ max: 3 }),
        fc.nat({ max: 3 }),
        (minor, code, zerosBefore, zerosAfter) => {
          const exponent = currencyExponent(code);
          const digits = minor.toString().padStart(exponent + 1, '0');
          const whole = digits.slice(0, digits.length - exponent);
          const decimals = digits.slice(digits.length - exponent) + '0'.repeat(zerosAfter);
          const text = `${'0'.repeat(zerosBefore)}${whole}${decimals && `.${decimals}`}`;
          expect(parsePrice(text, code)).toEqual({ amount: minor.toString(), currency: code });
        },
      ),
    );
  });

  it('is a price or a reason, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String)), currency, (text, code) => {
        const price = parsePrice(text, code);
        const told = 'reason' in price ? price.reason : `=${price.amount}`;
        expect(told).toMatch(/^(is empty|".*"[^"]+|=(0|[1-9]\d{0,11}))$/s);
      }),
    );
  });

  it.each([
    ['', 'is empty'],
    ['12,00', '"12,00" is not a price such as 129.00'],
    ['1,299.00', '"1,299.00" is not a price such as 129.00'],
    ['€36', '"€36" is not a price such as 129.00'],
    ['-1.00', '"-1.00" is not a price such as 129.00'],
    ['1e3', '"1e3" is not a price such as 129.00'],
    ['36.005', '"36.005" has more than 2 decimals, which EUR has not'],
    ['99999999999.00', '"99999999999.00" is too high a price'],
  ])('is not %p: it %s', (text, reason) => {
    expect(parsePrice(text, 'EUR')).toEqual({ reason });
  });
});
