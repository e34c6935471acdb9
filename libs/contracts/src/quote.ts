import { z } from 'zod';

/**
 * What catalog signs (JWS, EdDSA) when it quotes a price. Whoever holds the public keys can check it
 * without asking anyone; `exp` and `iat` are seconds since the epoch, as in RFC 7519.
 */
export const quoteClaimsSchema = z.object({
  sku: z.string().min(1).max(80),
  /** Unit price in minor units, a decimal string. */
  price: z.string().regex(/^(0|[1-9][0-9]{0,11})$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  priceVersion: z.int().positive(),
  title: z.string(),
  iat: z.int(),
  exp: z.int(),
});

export type QuoteClaims = z.infer<typeof quoteClaimsSchema>;
