import { z } from 'zod';

/** An amount in minor units (cents) of one currency. Never a float, never a bare number. */
export type Money = { readonly amount: bigint; readonly currency: string };

/** Bounds keep every sum of a basket inside PostgreSQL's bigint, with room for a million orders. */
const maxDigits = 15;

/** Money on the wire: minor units as a decimal string, ISO 4217 currency. */
export const moneySchema = z.strictObject({
  amount: z
    .string()
    .regex(
      new RegExp(`^(0|-?[1-9][0-9]{0,${maxDigits - 1}})$`),
      'must be minor units as a decimal string, such as "129900"',
    ),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as "EUR"'),
});

export type MoneyJson = z.infer<typeof moneySchema>;

export const moneyFromJson = (json: MoneyJson): Money => ({
  amount: BigInt(json.amount),
  currency: json.currency,
});

export const moneyToJson = ({ amount, currency }: Money): MoneyJson => ({
  amount: amount.toString(),
  currency,
});

export const addMoney = (a: Money, b: Money): Money => {
  if (a.currency !== b.currency) {
    throw new RangeError(`cannot add ${a.currency} and ${b.currency}`);
  }
  return { amount: a.amount + b.amount, currency: a.currency };
};

export const multiplyMoney = ({ amount, currency }: Money, quantity: number): Money => ({
  amount: amount * BigInt(quantity),
  currency,
});

/**
 * Splits `total` in proportion to `weights` so that the parts add up to it exactly. The cumulative
 * share is rounded, not each part, so that splitting again by the same weights gives the same parts.
 */
export const allocate = (total: bigint, weights: readonly bigint[]): bigint[] => {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (weights.some((weight) => weight < 0n) || sum === 0n) {
    throw new RangeError('weights must be zero or more, and not all zero');
  }
  let cumulativeWeight = 0n;
  let given = 0n;
  return weights.map((weight) => {
    cumulativeWeight += weight;
    const share = (total * cumulativeWeight) / sum - given;
    given += share;
    return share;
  });
};

const formats = new Map<string, Intl.NumberFormat>();

const formatFor = (currency: string, locale: string): Intl.NumberFormat => {
  const key = `${locale} ${currency}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'currency', currency });
  formats.set(key, format);
  return format;
};

/** Decimal places of a currency: 2 for EUR, 0 for JPY, 3 for KWD (from the CLDR data in Node). */
export const currencyExponent = (currency: string): number =>
  formatFor(currency, 'en').resolvedOptions().maximumFractionDigits ?? 2;

/** Writes money for people: "€1,299.00". Exact for any amount, as it never becomes a float. */
export const formatMoney = ({ amount, currency }: Money, locale = 'en-IE'): string => {
  const exponent = currencyExponent(currency);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const decimal = exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  const signed = `${amount < 0n ? '-' : ''}${decimal}` as Intl.StringNumericLiteral;
  return formatFor(currency, locale).format(signed);
};
