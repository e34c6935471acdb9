import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Where a page ends: the sort key of its last product, and its id where keys are equal. */
export type Position = { readonly key: string; readonly id: string };

/** Names the query that a cursor belongs to, as in another one its position means nothing. */
export const toFingerprint = (sort: string, filterKey: string): string =>
  createHash('sha256').update(`${sort} ${filterKey}`).digest('base64url').slice(0, 8);

const payload = z.tuple([
  z.string().length(8),
  z
    .string()
    .max(600)
    .refine((key) => !key.includes('\u0000') && key.isWellFormed()),
  z.uuid(),
]);

export const encodeCursor = ({ key, id }: Position, fingerprint: string): string =>
  Buffer.from(JSON.stringify([fingerprint, key, id])).toString('base64url');

type Decoded = Position | { readonly fault: string };

/** `isNumber` is whether this order's keys are whole numbers, as a made-up cursor may have anything. */
export const decodeCursor = (
  cursor: string,
  { fingerprint, isNumber }: { readonly fingerprint: string; readonly isNumber: boolean },
): Decoded => {
  const fault = 'is not a cursor that a page gave as its next';
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return { fault };
  }
  const { data } = payload.safeParse(json);
  if (!data) return { fault };
  const [of, key, id] = data;
  if (of !== fingerprint) return { fault: 'belongs to another query' };
  if (isNumber && !/^-?[0-9]{1,18}$/.test(key)) return { fault };
  return { key, id };
};
