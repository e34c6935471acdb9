import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@hemline/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cookies } from './cookies.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The token in our forms is a digest of the session cookie: another site can neither read the cookie
 * nor make one, so it cannot know the token, and we keep nothing.
 */
export const csrfToken = (session: string): string =>
  createHash('sha256').update(`form:${session}`).digest('base64url');

/** The token for a page with forms; the first such page gives the visitor her session. */
export const ensureCsrf = (
  cookies: Cookies,
  request: FastifyRequest,
  reply: FastifyReply,
): string => {
  let session = cookies.session(request);
  if (!session) {
    session = randomBytes(16).toString('base64url');
    cookies.keepSession(reply, session);
  }
  return csrfToken(session);
};

const isEqual = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const isOwnOrigin = (origin: string, publicOrigin: string, host: string | undefined): boolean => {
  if (origin === publicOrigin) return true;
  // The shop may be reached by another name (localhost, 127.0.0.1); the browser says which.
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
};

/**
 * Every unsafe request must come from a page of ours: by the browser's own word (`Sec-Fetch-Site`,
 * `Origin`) where it gives it, by the kind of body, and by the token in any case.
 */
export const guardForms =
  (cookies: Cookies, publicOrigin: string) =>
  async (request: FastifyRequest): Promise<void> => {
    if (safeMethods.has(request.method)) return;
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const type = request.headers['content-type'] ?? '';
    if (site !== undefined && site !== 'same-origin') throw new DomainError('forms.foreign');
    if (origin !== undefined && !isOwnOrigin(origin, publicOrigin, host)) {
      throw new DomainError('forms.foreign');
    }
    if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
      throw new DomainError('request.unsupported_media_type');
    }
    const session = cookies.session(request);
    const given = (request.body as { csrf?: unknown } | undefined)?.csrf;
    if (!session || typeof given !== 'string' || !isEqual(given, csrfToken(session))) {
      throw new DomainError('forms.expired');
    }
  };
