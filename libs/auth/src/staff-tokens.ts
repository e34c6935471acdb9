import { DomainError } from '@hemline/http';
import { type JSONWebKeySet, createLocalJWKSet, errors, jwtVerify } from 'jose';

export type StaffRole = 'admin' | 'support';
export type Staff = { readonly subject: string; readonly role: StaffRole };

const roles: readonly unknown[] = ['admin', 'support'] satisfies StaffRole[];
const issuer = 'hemline';

/** Checks staff tokens with public keys alone: no service can make one. The algorithm is pinned. */
export class StaffTokens {
  private readonly keys: ReturnType<typeof createLocalJWKSet>;

  constructor(jwks: string) {
    this.keys = createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet);
  }

  async verify(token: string): Promise<Staff> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: ['EdDSA', 'Ed25519'],
        issuer,
        requiredClaims: ['sub', 'exp', 'role'],
      });
      if (!roles.includes(payload['role']))
        throw new DomainError('auth.forbidden', { detail: 'unknown role' });
      return { subject: payload.sub ?? '', role: payload['role'] as StaffRole };
    } catch (error) {
      if (error instanceof DomainError) throw error;
      const detail =
        error instanceof errors.JWTExpired ? 'the token has expired' : 'the token is not valid';
      throw new DomainError('auth.required', { detail });
    }
  }
}
