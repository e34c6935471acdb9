import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A finished answer: the bytes that are sent, and the name of what they say. */
export type Answer = { readonly body: Buffer; readonly etag: string };

export const sizeOfAnswer = ({ body }: Answer): number => body.length;

type Parts = {
  /** The answer's JSON object, but for its time. */
  readonly json: string;
  readonly asOf: Date;
  /** Comes first in the ETag. */
  readonly version?: number;
};

/**
 * Adds `asOf` as the last member. The ETag is of all but that: who holds an equal answer, read a second
 * ago, need not be sent it again to learn that it is still so.
 */
export const toAnswer = ({ json, asOf, version }: Parts): Answer => {
  const hash = createHash('sha256').update(json).digest('base64url').slice(0, 16);
  return {
    body: Buffer.from(`${json.slice(0, -1)},"asOf":"${asOf.toISOString()}"}`),
    etag: version === undefined ? `"${hash}"` : `"${version}-${hash}"`,
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

/** Sends the bytes as they are, or says that the caller holds them. */
export const sendAnswer = (
  { body, etag }: Answer,
  request: FastifyRequest,
  reply: FastifyReply,
): void => {
  void reply
    .header('Cache-Control', 'public, max-age=1, stale-while-revalidate=5')
    .header('ETag', etag);
  if (isHeld(request.headers['if-none-match'], etag)) void reply.status(304).send();
  else void reply.header('Content-Type', 'application/json; charset=utf-8').send(body);
};
