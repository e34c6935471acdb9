import { baseConfigShape } from '@hemline/http';
import { checkEvents, eventsConfigShape } from '@hemline/messaging';
import { z } from 'zod';

export const configSchema = checkEvents(
  z.object({
    ...baseConfigShape,
    /** Cart's own database, as its role `cart`. */
    DATABASE_URL: z.url(),
    ...eventsConfigShape,
  }),
);

export type Config = z.infer<typeof configSchema>;
