import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JSX } from 'preact';
import { Cookies } from '../security/cookies.ts';
import { ensureCsrf } from '../security/form-guard.ts';
import { Page, chooseEncoding } from './page.ts';

export type SendOptions = {
  readonly status?: number;
  /** Where it has just changed, and the request's cookie is old. */
  readonly bagCount?: number;
  /** Pages that carry a secret are not kept by the browser at all. */
  readonly isSecret?: boolean;
};

/** Puts a rendered page together for one visitor: her bag's count, her form token, her encoding. */
@Injectable()
export class PageSender {
  constructor(private readonly cookies: Cookies) {}

  send(
    request: FastifyRequest,
    reply: FastifyReply,
    content: Page | JSX.Element,
    options: SendOptions = {},
  ): void {
    const page = content instanceof Page ? content : new Page(content);
    const encoding = chooseEncoding(request.headers['accept-encoding']);
    const count = options.bagCount ?? this.cookies.bagCount(request);
    const body = page.needsCsrf
      ? page.privateBody(count, ensureCsrf(this.cookies, request, reply), encoding)
      : page.body(count, encoding);
    if (encoding !== 'identity') void reply.header('Content-Encoding', encoding);
    if (options.isSecret) void reply.header('Referrer-Policy', 'no-referrer');
    void reply
      .status(options.status ?? 200)
      .header('Content-Type', 'text/html; charset=utf-8')
      .header('Cache-Control', options.isSecret ? 'private, no-store' : 'private, no-cache')
      .header('Vary', 'Accept-Encoding, Cookie')
      .send(body);
  }
}

/** After a form: the browser goes on to a page that it may reload. */
export const seeOther = (reply: FastifyReply, path: string): void => {
  void reply.status(303).header('Location', path).header('Cache-Control', 'no-store').send();
};

export const searchOf = (request: FastifyRequest): string => {
  const { url } = request;
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
};
