import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { type QuoteClaims, quoteClaimsSchema } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** The public half of a key that signs quotes (RFC 8037). */
export type QuoteKey = { readonly kty: string; readonly crv: string; readonly x: string };

type Options = {
  readonly now?: Date;
  /** For a cart that shows a line whose price must be asked again. */
  readonly acceptExpired?: boolean;
};

const header = z.object({ alg: z.enum(['EdDSA', 'Ed25519']), kid: z.string().min(1).max(100) });
const maxRemembered = 20_000;

/**
 * Checks quotes offline: the signature by a key that catalog published, the claims by their schema.
 * A quote that was found genuine is remembered by its whole text, so that the same line of a basket
 * costs one signature check in its life.
 */
export class QuoteVerifier {
  private readonly keys = new Map<string, KeyObject>();
  private readonly genuine = new LRUCache<string, QuoteClaims>({ max: maxRemembered });

  constructor(private readonly findKey: (kid: string) => Promise<QuoteKey | undefined>) {}

  async verify(
    quote: string,
    { now = new Date(), acceptExpired = false }: Options = {},
  ): Promise<QuoteClaims> {
    const claims = this.genuine.get(quote) ?? (await this.check(quote));
    if (!acceptExpired && claims.exp * 1000 <= now.getTime()) {
      throw new DomainError('quotes.expired', {
        detail: `the quote for ${claims.sku} has expired`,
        skus: [claims.sku],
      });
    }
    return claims;
  }

  private async check(quote: string): Promise<QuoteClaims> {
    const [head, body, signature, ...rest] = quote.split('.');
    if (!head || !body || !signature || rest.length > 0) throw invalid('not a compact JWS');
    const { kid } = parse(header, head);
    const key = await this.keyOf(kid);
    const isGenuine = verify(
      null,
      Buffer.from(`${head}.${body}`),
      key,
      Buffer.from(signature, 'base64url'),
    );
    if (!isGenuine) throw invalid('the signature does not fit');
    const claims = parse(quoteClaimsSchema, body);
    this.genuine.set(quote, claims);
    return claims;
  }

  private async keyOf(kid: string): Promise<KeyObject> {
    const known = this.keys.get(kid);
    if (known) return known;
    const jwk = await this.findKey(kid);
    if (!jwk) throw invalid('signed with a key that is not known');
    const { kty, crv, x } = jwk;
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    if (key.asymmetricKeyType !== 'ed25519') throw invalid('signed with a key of another kind');
    this.keys.set(kid, key);
    return key;
  }
}

const invalid = (detail: string): DomainError => new DomainError('quotes.invalid', { detail });

const parse = <Schema extends z.ZodType>(schema: Schema, part: string): z.infer<Schema> => {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    throw invalid('not JSON');
  }
  const result = schema.safeParse(json);
  if (!result.success) throw invalid('not a quote');
  return result.data;
};
