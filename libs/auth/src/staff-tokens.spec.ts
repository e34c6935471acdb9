import type { DomainError } from '@hemline/http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CryptoKey, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { StaffTokens } from './staff-tokens.ts';

let privateKey: CryptoKey;
let tokens: StaffTokens;

const sign = (
  payload: JWTPayload,
  alg = 'EdDSA',
  key: CryptoKey | Uint8Array = privateKey,
): Promise<string> => new SignJWT(payload).setProtectedHeader({ alg, kid: 's1' }).sign(key);

const future = 4_000_000_000;
const good = { iss: 'hemline', sub: 'mira', role: 'admin', exp: future };

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  privateKey = pair.privateKey;
  tokens = new StaffTokens(
    JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 's1', alg: 'EdDSA' }] }),
  );
});

describe('a staff token', () => {
  it('tells who and which role', async () => {
    expect(await tokens.verify(await sign(good))).toEqual({ subject: 'mira', role: 'admin' });
  });

  it.each([
    ['another issuer', { ...good, iss: 'elsewhere' }, 'auth.required'],
    ['no end', { iss: 'hemline', sub: 'mira', role: 'admin' }, 'auth.required'],
    ['an end that has passed', { ...good, exp: 1 }, 'auth.required'],
    ['a role that is not one', { ...good, role: 'root' }, 'auth.forbidden'],
  ])('with %s is refused', async (_what, payload, code) => {
    const error = await tokens
      .verify(await sign(payload))
      .catch((thrown: unknown) => thrown as DomainError);
    expect((error as DomainError).code).toBe(code);
  });

  it('signed by HMAC, by another key, or by nobody is refused', async () => {
    const theirs = await generateKeyPair('EdDSA');
    const forged = [
      await sign(good, 'HS256', new Uint8Array(32)),
      await sign(good, 'EdDSA', theirs.privateKey),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good)).toString('base64url')}.`,
    ];
    for (const token of forged) {
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'auth.required' });
    }
  });
});
