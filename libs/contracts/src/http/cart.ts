import { moneySchema } from '@hemline/money';
import { z } from 'zod';
import { availability, options, quantity, quote, sku, timestamp, uuid } from './fields.ts';
import { imageId } from './images.ts';

/** Something that changed since the shopper added the line, so that no one pays a surprise. */
export const notice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('price_changed'), was: moneySchema, now: moneySchema }),
  z.object({ kind: z.literal('stock_short'), requested: z.int(), left: z.int() }),
  z.object({ kind: z.literal('sold_out') }),
  z.object({ kind: z.literal('withdrawn') }),
]);
export type Notice = z.infer<typeof notice>;

export const cartLine = z.object({
  sku,
  quantity,
  unitPrice: moneySchema,
  lineTotal: moneySchema,
  title: z.string(),
  /** The product's page, once catalog has told cart of it. */
  handle: z.string().optional(),
  options,
  image: z.object({ id: imageId, alt: z.string() }).nullable(),
  quote,
  quoteExpiresAt: timestamp,
  availability: availability.nullable(),
  notices: z.array(notice),
  /**
   * As of when each copied fact is known to be right: its commit at its owner, or later, if the owner
   * had told everything by then and nothing of this was newer. Null while none has arrived.
   */
  asOf: z.object({ product: timestamp.nullable(), availability: timestamp.nullable() }),
});
export type CartLine = z.infer<typeof cartLine>;

export const cart = z.object({
  id: uuid,
  status: z.enum(['open', 'closed']),
  version: z.int(),
  lines: z.array(cartLine),
  /** Null while the cart is empty, as it has no currency yet. */
  subtotal: moneySchema.nullable(),
  asOf: timestamp,
});
export type Cart = z.infer<typeof cart>;

export const cartCreated = cart.extend({ token: z.string() });
export type CartCreated = z.infer<typeof cartCreated>;

export const addLine = z.strictObject({ quote, quantity });
export type AddLine = z.infer<typeof addLine>;
export const setLine = z.strictObject({ quantity, quote: quote.optional() });
export type SetLine = z.infer<typeof setLine>;
export const mergeCart = z.strictObject({ id: uuid, token: z.string().min(16).max(128) });
export type MergeCart = z.infer<typeof mergeCart>;
