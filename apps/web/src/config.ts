import { baseConfigShape } from '@hemline/http';
import { z } from 'zod';

const origin = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

export const configSchema = z.object({
  ...baseConfigShape,
  /** Server to server. */
  CATALOG_URL: origin,
  CART_URL: origin,
  PAYMENTS_URL: origin,
  /** Where browsers find pictures; any CDN may stand there. */
  IMAGES_PUBLIC_URL: origin,
  /** The shop's own origin, as shoppers see it. */
  PUBLIC_URL: origin,
});

export type Config = Readonly<z.infer<typeof configSchema>>;
export const CONFIG = Symbol('CONFIG');
