import { baseConfigShape } from '@hemline/http';
import { checkEvents, eventsConfigShape } from '@hemline/messaging';
import { z } from 'zod';

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//);
const milliseconds = z.coerce.number().int().positive();

export const configSchema = checkEvents(
  z.object({
    ...baseConfigShape,
    DATABASE_URL: postgresUrl,
    ...eventsConfigShape,
    STAFF_JWKS: z.string().min(1),
    /** Unset means the real Stripe. */
    PSP_API_URL: z.url().optional(),
    PSP_SECRET_KEY: z.string().min(8),
    /** The first is the current one; the others are still taken while it is being changed. */
    PSP_WEBHOOK_SECRETS: z
      .string()
      .min(8)
      .transform((list) => list.split(',').map((secret) => secret.trim())),
    /** Order tokens are HMACs of order ids under it, so that a stored answer need hold no secret. */
    TOKEN_SECRET: z.string().min(32),
    /** One call to the provider; the shopper is told `pending` after it. */
    PSP_TIMEOUT_MS: milliseconds.default(8000),
    /** After so long the provider's search finds whatever was made before; Stripe says a minute. */
    PSP_SEARCH_LAG_MS: milliseconds.default(60_000),
    /** How long goods are held for a payment that is not decided. */
    HOLD_MS: milliseconds.default(900_000),
    /** A request that shows no progress for so long has lost its idempotency key to the next try. */
    KEY_LEASE_MS: milliseconds.default(30_000),
    API_CONNECTIONS: z.coerce.number().int().positive().default(12),
    DRIVER_CONNECTIONS: z.coerce.number().int().positive().default(6),
    /** Included in every price, in hundredths of a percent: 2300 is 23 %. */
    TAX_RATE_BASIS_POINTS: z.coerce.number().int().min(0).max(10_000).default(2300),
    DELIVERY_FEE_MINOR: z.coerce.bigint().nonnegative().default(490n),
    /** Goods worth this or more are delivered free. */
    FREE_DELIVERY_FROM_MINOR: z.coerce.bigint().nonnegative().default(7500n),
    /**
     * From this on, what one person gives back of one order needs a second one, in minor units of the order's
     * currency: 200000 is 2,000.00 EUR.
     */
    REFUND_APPROVAL_FROM_MINOR: z.coerce.bigint().positive().default(200_000n),
    NODE_ENV: z.string().default('development'),
    /** For crash tests, as `payments.t4.after:17`; see `kill-points.ts`. */
    KILL_AT: z
      .string()
      .regex(/^payments\.[a-z0-9.]+:[1-9][0-9]*$/)
      .optional(),
  }),
);

export type Config = z.infer<typeof configSchema>;
export const CONFIG = Symbol('CONFIG');
