import { currencyExponent, type MoneyJson } from '@hemline/money';

/** Quotes carry a price in at most twelve digits. */
const MAX_DIGITS = 12;

/**
 * Reads a price by its digits alone, so that no float comes near it. "36.00", "36" and "36.000" are
 * the same euros; "36.005", "1,299.00" and "€36" are refused. Answers with the reason where it is
 * none.
 */
export function parsePrice(
  text: string,
  currency: string,
): MoneyJson | { readonly reason: string } {
  if (text === '') return { reason: 'is empty' };
  const exponent = currencyExponent(currency);
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return { reason: `"${text}" is not a price such as ${like(exponent)}` };
  const kept = decimals.slice(0, exponent).padEnd(exponent, '0');
  if (/[^0]/.test(decimals.slice(exponent))) {
    return { reason: `"${text}" has more than ${exponent} decimals, which ${currency} has not` };
  }
  const amount = `${whole}${kept}`.replace(/^0+(?=\d)/, '');
  if (amount.length > MAX_DIGITS) return { reason: `"${text}" is too high a price` };
  return { amount, currency };
}

const like = (exponent: number): string => (exponent === 0 ? '129' : `129.${'0'.repeat(exponent)}`);

export const isAbove = (a: MoneyJson, b: MoneyJson): boolean => BigInt(a.amount) > BigInt(b.amount);
