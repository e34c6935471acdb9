import { type KeyObject, sign } from 'node:crypto';
import type { QuoteClaims } from '@hemline/contracts';

/** What a quote is of. */
export type Quotable = Pick<QuoteClaims, 'sku' | 'price' | 'currency' | 'priceVersion' | 'title'>;

export type SigningKey = { readonly kid: string; readonly privateKey: KeyObject };

/** So that a quote stays below 2,048 characters, whatever letters its title is of. */
const maxTitleLetters = 120;

const toPart = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A compact JWS (RFC 7515, RFC 8037). Made with Node's own signing, which is synchronous and takes a
 * third of the time of WebCrypto's, since a cold page signs all its variants at once.
 */
export const signQuote = (
  { kid, privateKey }: SigningKey,
  quotable: Quotable,
  { iat, ttlSeconds }: { readonly iat: number; readonly ttlSeconds: number },
): string => {
  const { sku, price, currency, priceVersion } = quotable;
  const title = Array.from(quotable.title).slice(0, maxTitleLetters).join('');
  const claims: QuoteClaims = {
    sku,
    price,
    currency,
    priceVersion,
    title,
    iat,
    exp: iat + ttlSeconds,
  };
  const input = `${toPart({ alg: 'EdDSA', kid })}.${toPart(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
};
