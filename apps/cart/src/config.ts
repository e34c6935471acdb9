import { baseConfigShape } from '@hemline/http';
import { z } from 'zod';

export const configSchema = z.object({
  ...baseConfigShape,
  /** Cart's own database, as its role `cart`. */
  DATABASE_URL: z.url(),
  /** The database `events`, as the same role: the event log of the `postgres` transport. */
  EVENTS_DATABASE_URL: z.url(),
  EVENTS: z.literal('postgres').default('postgres'),
});

export type Config = z.infer<typeof configSchema>;
