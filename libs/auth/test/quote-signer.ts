import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { QuoteClaims } from '@hemline/contracts';

const toBase64Url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** What catalog does when it quotes a price: of a linen shirt, unless told otherwise. */
export const newQuoteSigner = (price: string, kid: string = randomUUID()) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const quote = (claims: Partial<QuoteClaims> = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const body = {
      sku: 'shirt-m',
      price,
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
