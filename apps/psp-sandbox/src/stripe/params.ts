import { z } from 'zod';

/**
 * The parameters that the sandbox knows, as they arrive: everything in a form is text. One that it
 * does not know is refused by name, so that nobody relies on what has no effect here.
 */
const integer = z
  .string()
  .regex(/^-?\d{1,15}$/, 'Invalid integer')
  .transform(Number);
const flag = z.enum(['true', 'false'], 'Invalid boolean').transform((value) => value === 'true');
const text = z.string().min(1, 'Invalid string: must not be empty').max(5000);
const id = z.string().min(1, 'Invalid string: must not be empty').max(255);

const amount = integer.pipe(
  z
    .number()
    .min(1, 'Invalid positive integer')
    .max(99_999_999, 'Amount must be no more than 99,999,999 minor units'),
);

const currencies = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));
const currency = z
  .string()
  .transform((code) => code.toLowerCase())
  .pipe(z.string().refine((code) => currencies.has(code), 'Invalid currency'));

/** An empty text takes a field, or all of it, away. */
const metadata = z.union([
  z.literal('').transform(() => ({})),
  z
    .record(z.string().min(1).max(40), z.string().max(500))
    .refine((pairs) => Object.keys(pairs).length <= 50, 'At most 50 metadata keys'),
]);

const expand = z.array(z.string().max(200)).max(20).optional();

const shipping = z.strictObject({
  name: text.optional(),
  phone: text.optional(),
  carrier: text.optional(),
  tracking_number: text.optional(),
  address: z
    .strictObject({
      line1: z.string().max(5000).optional(),
      line2: z.string().max(5000).optional(),
      city: z.string().max(5000).optional(),
      state: z.string().max(5000).optional(),
      postal_code: z.string().max(5000).optional(),
      country: z.string().max(2).optional(),
    })
    .optional(),
});

const captureMethod = z.enum(['automatic', 'automatic_async', 'manual']);
const setupFutureUsage = z.enum(['off_session', 'on_session']);

const confirmShape = {
  payment_method: id.optional(),
  payment_method_types: z.array(z.literal('card')).optional(),
  /** Cards are all there is. */
  allowed_payment_method_types: z.array(z.literal('card')).optional(),
  /** Taken and ignored: the sandbox decides by the test card alone. */
  payment_method_options: z.record(z.string(), z.unknown()).optional(),
  off_session: flag.optional(),
  error_on_requires_action: flag.optional(),
  return_url: z.url().max(2048).optional(),
  use_stripe_sdk: flag.optional(),
  capture_method: captureMethod.optional(),
  receipt_email: text.optional(),
  setup_future_usage: setupFutureUsage.optional(),
  shipping: shipping.optional(),
  expand,
};

export const createIntentParams = z.strictObject({
  ...confirmShape,
  amount,
  currency,
  confirm: flag.default(false),
  confirmation_method: z.literal('automatic').optional(),
  automatic_payment_methods: z
    .strictObject({
      enabled: flag,
      allow_redirects: z.enum(['always', 'never']).optional(),
    })
    .optional(),
  description: text.optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
  transfer_group: text.optional(),
  metadata: metadata.optional(),
});
export type CreateIntentParams = z.infer<typeof createIntentParams>;

export const confirmIntentParams = z.strictObject(confirmShape);
export type ConfirmIntentParams = z.infer<typeof confirmIntentParams>;

export const captureIntentParams = z.strictObject({
  amount_to_capture: amount.optional(),
  final_capture: z.literal('true').optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
  metadata: metadata.optional(),
  expand,
});
export type CaptureIntentParams = z.infer<typeof captureIntentParams>;

export const cancelIntentParams = z.strictObject({
  cancellation_reason: z
    .enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'])
    .optional(),
  expand,
});
export type CancelIntentParams = z.infer<typeof cancelIntentParams>;

export const createRefundParams = z.strictObject({
  payment_intent: id.optional(),
  charge: id.optional(),
  amount: amount.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  expand,
});
export type CreateRefundParams = z.infer<typeof createRefundParams>;

export const retrieveParams = z.strictObject({ client_secret: id.optional(), expand });

const created = z
  .union([
    integer,
    z.strictObject({
      gt: integer.optional(),
      gte: integer.optional(),
      lt: integer.optional(),
      lte: integer.optional(),
    }),
  ])
  .optional();

const limit = integer.pipe(z.number().min(1).max(100)).default(10);

const pageShape = {
  limit,
  starting_after: id.optional(),
  ending_before: id.optional(),
  created,
  expand,
};
export const listIntentsParams = z.strictObject(pageShape);
export const listChargesParams = z.strictObject({ ...pageShape, payment_intent: id.optional() });
export const listRefundsParams = z.strictObject({
  ...pageShape,
  payment_intent: id.optional(),
  charge: id.optional(),
});
export const listDisputesParams = z.strictObject({
  ...pageShape,
  payment_intent: id.optional(),
  charge: id.optional(),
});
export const listTransactionsParams = z.strictObject({
  ...pageShape,
  currency: currency.optional(),
  source: id.optional(),
  type: z.string().max(50).optional(),
});
export const listEventsParams = z.strictObject({
  ...pageShape,
  type: z.string().max(100).optional(),
  types: z.array(z.string().max(100)).max(20).optional(),
  delivery_success: flag.optional(),
});
export type PageParams = z.infer<typeof listIntentsParams>;

export const searchParams = z.strictObject({
  query: z.string().min(1).max(1000),
  limit,
  page: z.string().max(255).optional(),
  expand,
});
