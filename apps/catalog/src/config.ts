import { baseConfigShape } from '@hemline/http';
import { checkEvents, eventsConfigShape } from '@hemline/messaging';
import { z } from 'zod';

export const configSchema = checkEvents(
  z.object({
    ...baseConfigShape,
    DATABASE_URL: z.url(),
    ...eventsConfigShape,
    /** Public keys of staff tokens, as the JSON of a JWKS. */
    STAFF_JWKS: z.string().startsWith('{'),
    QUOTE_TTL_SECONDS: z.coerce.number().int().min(60).max(86_400).default(1800),
    /** From a key's publication to its first signature. */
    QUOTE_KEY_LEAD_SECONDS: z.coerce.number().int().min(1).max(86_400).default(30),
    /** Finished answers that are kept in memory, at most. */
    CACHE_MAX_BYTES: z.coerce
      .number()
      .int()
      .min(1_000_000)
      .default(64 * 1024 * 1024),
    /** Where instances share finished answers; without it each keeps its own. Empty is absent. */
    REDIS_URL: z.preprocess(
      (value) => (value === '' ? undefined : value),
      z.url({ protocol: /^rediss?$/ }).optional(),
    ),
  }),
).readonly();

export type Config = z.infer<typeof configSchema>;

/** Injection token of the settings. */
export const CONFIG = Symbol('CONFIG');
