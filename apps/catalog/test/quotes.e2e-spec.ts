import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type QuoteKey, QuoteVerifier } from '@hemline/auth';
import { type Problem, type catalogApi, quoteClaimsSchema } from '@hemline/contracts';
import {
  type JSONWebKeySet,
  type JWK,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
} from 'jose';
import { start } from '../src/main.ts';
import { aGarment, aProduct, aVariant, eur } from './builders.ts';
import { TestCatalog, eventually } from './catalog.ts';

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start({ QUOTE_KEY_LEAD_SECONDS: '2' });
  await catalog.put(
    'shirt',
    aGarment('shirt', { title: 'Linen shirt', colours: ['Indigo'], sizes: ['S', 'M'] }),
  );
});
afterAll(() => catalog.stop());

const jwks = async (): Promise<JSONWebKeySet> =>
  (await catalog.get<JSONWebKeySet>('/.well-known/jwks.json')).body;
const quoteOf = async (sku: string): Promise<string> => {
  const { body } = await catalog.send<catalogApi.QuotesResponse>('POST', '/quotes', {
    body: { skus: [sku] },
    token: null,
  });
  return body.quotes[sku] ?? '';
};

describe('quotes', () => {
  it('verify against the published keys, by any JOSE library and by ours', async () => {
    const keys = await jwks();
    const { body } = await catalog.get<catalogApi.Product>('/products/shirt');
    for (const { sku, quote } of body.variants) {
      const { payload, protectedHeader } = await compactVerify(quote, createLocalJWKSet(keys));
      expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: keys.keys[0]?.kid });
      const claims = quoteClaimsSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
      expect(claims).toMatchObject({ sku, price: '4900', currency: 'EUR', priceVersion: 1 });
      expect(claims.title).toMatch(/^Linen shirt \(Indigo, [SM]\)$/);
      expect(claims.exp - claims.iat).toBe(1800);
      const verifier = new QuoteVerifier(async (kid) =>
        keys.keys.find((key): key is JWK & QuoteKey => key.kid === kid),
      );
      expect(await verifier.verify(quote)).toEqual(claims);
    }
  });

  it('are published without the private half of the key', async () => {
    for (const key of (await jwks()).keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    }
  });

  it('are given for what is for sale, and null for what is not', async () => {
    const { status, body } = await catalog.send<catalogApi.QuotesResponse>('POST', '/quotes', {
      body: { skus: ['shirt-Indigo-S', 'nothing'] },
      token: null,
    });
    expect(status).toBe(200);
    expect(Object.entries(body.quotes).map(([sku, quote]) => [sku, typeof quote])).toEqual([
      ['shirt-Indigo-S', 'string'],
      ['nothing', 'object'],
    ]);
  });

  it('are the same while they are young, and another once the price is', async () => {
    const at = (amount: number) => aProduct({ variants: [aVariant('q1', { price: eur(amount) })] });
    await catalog.put('q1', at(100));
    const first = await quoteOf('q1');
    expect(await quoteOf('q1')).toBe(first);
    await catalog.put('q1', at(150));
    const { payload } = await compactVerify(await quoteOf('q1'), createLocalJWKSet(await jwks()));
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      price: '150',
      priceVersion: 2,
    });
  });

  it.each([
    [{}, '#/skus'],
    [{ skus: [] }, '#/skus'],
    [{ skus: Array.from({ length: 101 }, (_, i) => `s${i}`) }, '#/skus'],
    [{ skus: [1] }, '#/skus/0'],
    [{ skus: ['a'], price: 1 }, '#/price'],
  ])('are refused for %j', async (body, pointer) => {
    const refused = await catalog.send<Problem>('POST', '/quotes', { body, token: null });
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });

  it('stay below the length that others take, for the longest names in any script', async () => {
    const name = '漢'.repeat(120);
    await catalog.put(
      'long',
      aProduct({
        title: '漢'.repeat(255),
        options: [
          { name: 'A', values: [name] },
          { name: 'B', values: [name] },
        ],
        variants: [aVariant('字'.repeat(80), { options: { A: name, B: name } })],
      }),
    );
    const { body } = await catalog.get<catalogApi.Product>('/products/long');
    expect(body.variants[0]?.quote.length).toBeLessThanOrEqual(2048);
  });
});

describe('quote keys', () => {
  it('are the same one for instances that start at once, and are told of once', async () => {
    const others = await Promise.all([start(catalog.env), start(catalog.env)]);
    const sets = await Promise.all(
      others.map(
        async ({ url }) =>
          (await fetch(`${url}/.well-known/jwks.json`)).json() as Promise<JSONWebKeySet>,
      ),
    );
    for (const set of sets) expect(set).toEqual(await jwks());
    await Promise.all(others.map((other) => other.close()));
  });

  it('are published before they sign, and stay published after', async () => {
    const before = (await jwks()).keys.map(({ kid }) => kid);
    const old = await quoteOf('shirt-Indigo-S');
    const rotated = await catalog.send<{ kid: string; signsFrom: string }>('POST', '/quote-keys');
    expect(rotated.status).toBe(201);
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([rotated.body.kid, ...before]);
    let next = 0;
    const sign = async (): Promise<string | undefined> => {
      next += 1;
      const sku = `k${next}`;
      await catalog.put(sku, aProduct({ variants: [aVariant(sku)] }));
      return decodeProtectedHeader(await quoteOf(sku)).kid;
    };
    expect(await sign()).toBe(before[0]);
    expect(await eventually(sign, (kid) => kid === rotated.body.kid)).toBe(rotated.body.kid);
    await compactVerify(old, createLocalJWKSet(await jwks()));
    const told = await eventually(
      () => catalog.keysTold(),
      (kids) => kids.length === 2,
    );
    expect(new Set(told)).toEqual(new Set([rotated.body.kid, ...before]));
  });
});
