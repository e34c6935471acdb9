import { createHash } from 'node:crypto';

/** A finished answer: the bytes that are sent, and the name of what they say. */
export type Answer = {
  readonly body: Buffer;
  readonly etag: string;
  /** From when the age of the availability in it counts, in milliseconds; absent where it has none. */
  readonly stockFrom?: number;
};

export const sizeOfAnswer = ({ body }: Answer): number => body.length;

type Parts = {
  /** The answer's JSON object, but for its time. */
  readonly json: string;
  readonly asOf: Date;
  readonly stockFrom: number;
  /** Comes first in the ETag. */
  readonly version?: number;
};

/** No text of a merchant looks like this: within a JSON string there is a backslash before a quote. */
const times = /"asOf":"[^"]*"/g;

/**
 * Adds `asOf` as the last member. The ETag is of all but that and the times within: who holds an equal
 * answer, read a second ago, need not be sent it again to learn that it is still so.
 */
export const toAnswer = ({ json, asOf, stockFrom, version }: Parts): Answer => {
  const timeless = json.replaceAll(times, '');
  const hash = createHash('sha256').update(timeless).digest('base64url').slice(0, 16);
  return {
    body: Buffer.from(`${json.slice(0, -1)},"asOf":"${asOf.toISOString()}"}`),
    etag: version === undefined ? `"${hash}"` : `"${version}-${hash}"`,
    stockFrom,
  };
};

/** An answer that has no time of its own. */
export const toTimelessAnswer = (value: unknown): Answer => {
  const body = Buffer.from(JSON.stringify(value));
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` };
};

/** `If-None-Match` compares weakly (RFC 9110, 13.1.2). */
export const isHeld = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch === etag ||
    ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag));
