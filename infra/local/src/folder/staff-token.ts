import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import type { Secrets } from './secrets.ts';

interface StaffClaims {
  readonly role: string;
  readonly ttlSeconds: number;
  readonly subject?: string;
  readonly now?: Date;
}

/** A signed JWT (EdDSA) that services check against STAFF_JWKS. */
export function signStaffToken(key: Secrets['staffKey'], claims: StaffClaims): string {
  const { role, ttlSeconds, subject = `local:${role}`, now = new Date() } = claims;
  const iat = Math.floor(now.getTime() / 1000);
  const header = { alg: 'EdDSA', typ: 'JWT', kid: key.public.kid };
  const body = {
    iss: 'hemline',
    sub: subject,
    role,
    jti: randomUUID(),
    iat,
    exp: iat + ttlSeconds,
  };
  const content = `${encode(header)}.${encode(body)}`;
  const privateKey = createPrivateKey({ key: key.private, format: 'jwk' });
  return `${content}.${sign(null, Buffer.from(content), privateKey).toString('base64url')}`;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
