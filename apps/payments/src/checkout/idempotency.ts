import { createHash } from 'node:crypto';
import { DomainError } from '@hemline/http';

/** One request's claim to its key. `lockToken` is this try's own: a later try has another. */
export type KeyClaim = {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: Buffer;
  readonly lockToken: string;
  /** How long the key is ours from each sign of progress on. */
  readonly leaseMs: number;
};

/** What is sent, and kept to be sent again byte for byte. */
export type Answer = {
  readonly status: number;
  readonly type: 'application/json' | 'application/problem+json';
  /** JSON text; the order's token stands in it as `tokenSlot`. */
  readonly body: string;
  readonly orderId: string | null;
};

/** Quotes inside a JSON string are escaped, so no text of a shopper's can look like this. */
export const tokenSlot = '"token":""';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

export const parseIdempotencyKey = (header: string | undefined): string => {
  if (header === undefined || header === '') {
    throw new DomainError('idempotency.key_required', {
      detail: 'send an Idempotency-Key header, such as a UUID, and the same one when trying again',
    });
  }
  // The draft standard quotes it as a structured string; both spellings name the same key.
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!keyPattern.test(key)) {
    throw new DomainError('idempotency.key_invalid', {
      detail: 'it must be 1 to 255 visible ASCII characters',
    });
  }
  return key;
};

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
};

/** The same for two requests exactly if they ask for the same: order of members does not count. */
export const toFingerprint = (route: string, body: unknown): Buffer =>
  createHash('sha256')
    .update(`v1 ${route} ${canonical(body)}`)
    .digest();

/** A key is its holder's own: with another cart's token, the same key is another key. */
export const toScope = (route: string, authorization: string | undefined): string => {
  if (authorization === undefined) return route;
  const principal = createHash('sha256').update(authorization).digest('base64url');
  return `${route} ${principal.slice(0, 22)}`;
};
