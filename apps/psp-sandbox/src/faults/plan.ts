import { z } from 'zod';

/**
 * What can go wrong between a shop and its provider.
 *
 * - `delay`: waits `delayMs`, then does what was asked; `delay_after`: does it, and answers late.
 * - `error_before`: answers `status` (500), nothing done; `error_after`: the same after it was done. With
 *   `stored` the error is the key's answer from then on, as a 500 of Stripe is (`error_after` does so
 *   unless told `stored: false`, whereupon a retry gets the true answer).
 * - `lost_request`: the connection breaks before anything is done; `lost_reply`: after.
 * - `late`: the connection breaks at once, and what was asked is done `delayMs` later.
 * - `key_in_use` (409), `rate_limit` (429): Stripe's refusals that ask to come again.
 * - `wrong_amount`: it is done as asked, but the answer tells one minor unit more; `wrong_currency`: it
 *   tells another currency.
 */
export const faultKinds = [
  'delay',
  'delay_after',
  'error_before',
  'error_after',
  'lost_request',
  'lost_reply',
  'late',
  'key_in_use',
  'rate_limit',
  'wrong_amount',
  'wrong_currency',
] as const;
export type FaultKind = (typeof faultKinds)[number];

const probability = z.number().min(0).max(1);
const delayMs = z.int().min(0).max(120_000);

/** A prefix, or a regular expression if it begins with `^`. */
const pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.startsWith('^') || isRegExp(text), 'not a regular expression');

const isRegExp = (text: string): boolean => {
  try {
    return Boolean(new RegExp(text, 'u'));
  } catch {
    return false;
  }
};

export const ruleSchema = z
  .strictObject({
    match: z
      .strictObject({
        method: z.enum(['GET', 'POST']).optional(),
        path: pattern.optional(),
        /** The idempotency key. */
        key: pattern.optional(),
        /** Of the request, or of the intent that it is about. */
        metadata: z.record(z.string(), z.string()).optional(),
      })
      .default({}),
    fault: z.enum(faultKinds),
    probability: probability.default(1),
    /** How often at most; without it, for as long as the rule stands. */
    times: z.int().positive().optional(),
    delayMs: delayMs.optional(),
    status: z.int().min(500).max(599).optional(),
    stored: z.boolean().optional(),
  })
  .refine(({ fault, delayMs: ms }) => !['delay', 'delay_after', 'late'].includes(fault) || ms, {
    path: ['delayMs'],
    message: 'this fault needs delayMs',
  });
export type Rule = z.infer<typeof ruleSchema>;

export const webhookFaultsSchema = z.strictObject({
  /** Below 1 the probability of one copy more; from 1 how many copies more each time. */
  duplicate: z.number().min(0).max(100).default(0),
  /** The probability that an event is held back for up to two seconds, so that later ones overtake. */
  reorder: probability.default(0),
  /** Added to each delivery. */
  delayMs: delayMs.default(0),
  /** The probability that an attempt is lost on its way; it is made again later. */
  drop: probability.default(0),
  /** The probability that a forged event (id `evt_forged_…`) is posted beside a true one. */
  forge: probability.default(0),
});
export type WebhookFaults = z.infer<typeof webhookFaultsSchema>;

export const planSchema = z.strictObject({
  rules: z.array(ruleSchema).max(100).default([]),
  webhooks: webhookFaultsSchema.default(webhookFaultsSchema.parse({})),
  /** Search finds an intent only this long after it was made, as Stripe's search lags too. */
  searchLagMs: delayMs.default(0),
  seed: z.int().min(0).max(4_294_967_295).optional(),
});
export type Plan = z.infer<typeof planSchema>;

export const noFaults: Plan = planSchema.parse({});
