import { baseConfigShape } from '@hemline/http';
import { z } from 'zod';

export const CONFIG = Symbol('CONFIG');

export const configSchema = z
  .object({
    ...baseConfigShape,
    /** Faults make requests wait; those must not turn others away. */
    MAX_IN_FLIGHT: z.coerce.number().int().positive().default(4096),
    JOURNAL_PATH: z.string().min(1),
    /** Where browsers find us, for the page of 3-D Secure; this machine if absent. */
    PUBLIC_URL: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    PSP_SECRET_KEY: z.string().min(8),
    /** Where events are posted, and the secret that signs them: both, or neither. */
    WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
    WEBHOOK_SECRET: z.string().min(8).optional(),
    /** Event types to post, as at a Stripe endpoint: `payment_intent.*,refund.updated`; `*` is all. */
    WEBHOOK_EVENTS: z
      .string()
      .default('*')
      .transform((list) => list.split(',').map((pattern) => pattern.trim())),
  })
  .superRefine(({ WEBHOOK_URL, WEBHOOK_SECRET }, { addIssue }) => {
    if ((WEBHOOK_URL === undefined) === (WEBHOOK_SECRET === undefined)) return;
    const path = [WEBHOOK_URL === undefined ? 'WEBHOOK_URL' : 'WEBHOOK_SECRET'];
    addIssue({ code: 'custom', path, message: 'goes with the other' });
  });
export type Config = z.infer<typeof configSchema>;

/** Whether one of the patterns covers an event type; `payment_intent.*` covers all of its kind. */
export const isSubscribed = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  );
