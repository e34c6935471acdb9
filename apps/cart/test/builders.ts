import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Envelope, EventDefinition, QuoteClaims } from '@hemline/contracts';
import type { Line } from '../src/carts/cart.ts';

/** A line of a cart, at 129.00 unless told otherwise. */
export const aLine = ({
  quote,
  ...rest
}: Partial<Omit<Line, 'quote'>> & { quote?: Partial<Line['quote']> } = {}): Line => ({
  sku: 'shirt-m',
  quantity: 1,
  addedIn: 2,
  ...rest,
  quote: {
    jws: 'header.body.signature',
    price: '12900',
    currency: 'EUR',
    priceVersion: 1,
    title: 'Linen shirt',
    iat: 1_800_000_000,
    exp: 1_800_000_900,
    ...quote,
  },
});

const toBase64Url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** What catalog does when it quotes a price. */
export const newSigner = (kid: string = randomUUID()) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const quote = (claims: Partial<QuoteClaims> = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const body = {
      sku: 'shirt-m',
      price: '12900',
      currency: 'EUR',
      priceVersion: 1,
      title: 'Linen shirt',
      iat: now,
      exp: now + 900,
      ...claims,
    };
    const text = `${toBase64Url({ alg: 'EdDSA', kid })}.${toBase64Url(body)}`;
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const jwk = publicKey.export({ format: 'jwk' }) as { kty: 'OKP'; crv: 'Ed25519'; x: string };
  return { kid, jwk, quote };
};

/** An event as its owner's relay would publish it. */
export const anEvent = (
  definition: Pick<EventDefinition, 'type'>,
  { subject, version = 1, time = new Date() }: { subject: string; version?: number; time?: Date },
  data: unknown,
): Envelope => ({
  id: randomUUID(),
  type: definition.type,
  source: definition.type.split('.')[0] ?? '',
  subject,
  time: time.toISOString(),
  version,
  dataschema: `urn:hemline:event:${definition.type}`,
  data,
});
