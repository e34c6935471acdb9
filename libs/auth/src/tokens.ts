import { createHash, randomBytes } from 'node:crypto';
import { DomainError } from '@hemline/http';

const pattern = /^Bearer ([A-Za-z0-9._~+/-]{16,4096}=*)$/;

/** 256 random bits as base64url: the key to one cart. Only its hash is ever stored. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored and compared, in SQL, in place of a token. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** The token of `Authorization: Bearer …`; 401 `auth.required` where there is none. */
export const bearerToken = (authorization: string | undefined): string => {
  const token = pattern.exec(authorization ?? '')?.[1];
  if (!token)
    throw new DomainError('auth.required', { detail: 'send Authorization: Bearer <token>' });
  return token;
};
