import type { DomainError } from '@hemline/http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CryptoKey, type JWK, CompactSign, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { QuoteVerifier } from './quote-verifier.ts';

const claims = {
  sku: 'A-1',
  price: '4900',
  currency: 'EUR',
  priceVersion: 1,
  title: 'A shirt',
  iat: 1_000,
};
let mine: { publicKey: CryptoKey; privateKey: CryptoKey };
let jwk: JWK;
let verifier: QuoteVerifier;

const sign = (exp: number, key = mine.privateKey, kid = 'k1'): Promise<string> =>
  new SignJWT({ ...claims, exp }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key);

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error as DomainError).code,
  );

const future = 4_000_000_000;

beforeAll(async () => {
  mine = await generateKeyPair('EdDSA', { extractable: true });
  jwk = await exportJWK(mine.publicKey);
  verifier = new QuoteVerifier(async (kid) => (kid === 'k1' ? (jwk as never) : undefined));
});

describe('a quote', () => {
  it('that catalog signed is believed, again and again', async () => {
    const quote = await sign(future);
    expect(await verifier.verify(quote)).toEqual({ ...claims, exp: future });
    expect(await verifier.verify(quote)).toEqual({ ...claims, exp: future });
  });

  it('changed in any one character is refused', async () => {
    const quote = await sign(future);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(quote.length - 1),
        fc.constantFrom(...'ABCxyz019_-.'),
        async (at, letter) => {
          const changed = quote.slice(0, at) + letter + quote.slice(at + 1);
          const bytes = (text: string): string =>
            text
              .split('.')
              .map((part) => Buffer.from(part, 'base64url').toString('hex'))
              .join('.');
          fc.pre(bytes(changed) !== bytes(quote));
          expect(await codeOf(verifier.verify(changed))).toBe('quotes.invalid');
        },
      ),
    );
  });

  it('of another signer, an unknown key, or another algorithm is refused', async () => {
    const theirs = await generateKeyPair('EdDSA');
    const hmac = await new CompactSign(Buffer.from(JSON.stringify({ ...claims, exp: future })))
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(Buffer.from(jwk.x ?? '', 'base64url'));
    const none = `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    for (const quote of [
      await sign(future, theirs.privateKey),
      await sign(future, mine.privateKey, 'k2'),
      hmac,
      none,
      'a.b.c',
      '',
    ]) {
      expect(await codeOf(verifier.verify(quote))).toBe('quotes.invalid');
    }
  });

  it('expires, also when it was believed before', async () => {
    const quote = await sign(2_000);
    expect(await codeOf(verifier.verify(quote, { now: new Date(1_999_999) }))).toBe('accepted');
    expect(await codeOf(verifier.verify(quote, { now: new Date(2_000_000) }))).toBe(
      'quotes.expired',
    );
    expect(await codeOf(verifier.verify(quote, { acceptExpired: true }))).toBe('accepted');
  });
});
