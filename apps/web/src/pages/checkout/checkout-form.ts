import { moneySchema } from '@hemline/money';
import { z } from 'zod';

/** Countries that we send to, as ISO 3166-1 codes. */
export const countries = {
  AT: 'Austria',
  BE: 'Belgium',
  DK: 'Denmark',
  FI: 'Finland',
  FR: 'France',
  DE: 'Germany',
  IE: 'Ireland',
  IT: 'Italy',
  LU: 'Luxembourg',
  NL: 'Netherlands',
  PL: 'Poland',
  PT: 'Portugal',
  ES: 'Spain',
  SE: 'Sweden',
  GB: 'United Kingdom',
} as const;

export const countryName = (code: string): string =>
  Object.hasOwn(countries, code) ? countries[code as keyof typeof countries] : code;

/** The sandbox's test cards, by the provider's names. No real card has such a name. */
export const testCards = {
  pm_card_visa: 'Visa that pays',
  pm_card_chargeDeclined: 'Card that the bank declines',
  pm_card_chargeDeclinedInsufficientFunds: 'Card without enough on it',
  pm_card_authenticationRequired: 'Card whose bank wants to ask you first',
} as const;

const text = (max: number, missing: string): z.ZodType<string> =>
  z.string().trim().min(1, missing).max(max, `Shorten this to ${max} characters.`);

const optionalText = (max: number): z.ZodType<string | undefined> =>
  z
    .string()
    .trim()
    .max(max, `Shorten this to ${max} characters.`)
    .optional()
    .transform((value) => value || undefined);

/** What she types. Each message says what to do. */
const typed = z.object({
  email: z
    .string()
    .trim()
    .min(1, 'Enter an e-mail address, so that we can send you the receipt.')
    .max(254, 'Shorten this to 254 characters.')
    .pipe(z.email('Enter an e-mail address like name@example.com.')),
  name: text(120, 'Enter the name that is on your door or letter box.'),
  line1: text(120, 'Enter the street and the number.'),
  line2: optionalText(120),
  city: text(80, 'Enter the town or city.'),
  region: optionalText(80),
  postalCode: text(20, 'Enter the postcode.'),
  country: z.enum(Object.keys(countries) as [keyof typeof countries], 'Choose a country.'),
  paymentMethod: z.enum(Object.keys(testCards) as [keyof typeof testCards], 'Choose a card.'),
});

const listOf = (item: z.ZodType<string>): z.ZodType<string[]> =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]),
    z.array(item).min(1).max(100),
  ) as z.ZodType<string[]>;

/** What the page put into the form itself: which bag, at which prices, for which total. */
const carried = z
  .object({
    key: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
    cart: z.uuid(),
    version: z.coerce.number().int().positive(),
    quote: listOf(z.string().min(1).max(2048)),
    quantity: listOf(z.string().regex(/^[1-9][0-9]?$/)),
    total: moneySchema.shape.amount,
    currency: moneySchema.shape.currency,
  })
  .refine(({ quote, quantity }) => quote.length === quantity.length);

export type Field = keyof z.infer<typeof typed>;
export type Typed = z.infer<typeof typed>;
export type Carried = z.infer<typeof carried>;
export type Values = Readonly<Partial<Record<Field, string>>>;
export type FieldError = { readonly field: Field; readonly message: string };

export const fieldNames = Object.keys(typed.shape) as Field[];

export type Submission = {
  /** Undefined where the form is not one of ours. */
  readonly carried: Carried | undefined;
  /** As she typed them, to be shown again. */
  readonly values: Values;
  readonly answer:
    | { readonly kind: 'complete'; readonly typed: Typed }
    | { readonly kind: 'faulty'; readonly errors: readonly FieldError[] };
};

const maxShown = 300;

export const readSubmission = (form: Readonly<Record<string, unknown>>): Submission => {
  const values: Partial<Record<Field, string>> = {};
  for (const field of fieldNames) {
    const value = form[field];
    if (typeof value === 'string') values[field] = value.slice(0, maxShown);
  }
  const ours = carried.safeParse(form);
  const hers = typed.safeParse({
    ...Object.fromEntries(fieldNames.map((f) => [f, ''])),
    ...values,
  });
  return {
    carried: ours.success ? ours.data : undefined,
    values,
    answer: hers.success
      ? { kind: 'complete', typed: hers.data }
      : { kind: 'faulty', errors: firstPerField(hers.error.issues) },
  };
};

const firstPerField = (issues: readonly z.core.$ZodIssue[]): FieldError[] => {
  const errors = new Map<Field, FieldError>();
  for (const { path, message } of issues) {
    const field = path[0] as Field;
    if (!errors.has(field)) errors.set(field, { field, message });
  }
  return [...errors.values()];
};
