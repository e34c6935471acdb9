import type { CookieSerializeOptions } from '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.ts';

export type BagReference = { readonly id: string; readonly token: string };

const names = ['session', 'bag', 'count', 'removed'] as const;
type Name = (typeof names)[number];

const bagPattern = /^([0-9a-f-]{36})\.([\w.~-]{16,128})$/;
const monthSeconds = 30 * 24 * 3600;
/** Long enough to see that the wrong line was taken out. */
const undoSeconds = 120;

/**
 * What the browser keeps for us: the key of its bag, the count to show in the header (so that showing
 * it costs no call), and a random session for the forms. Script can read none of them.
 */
@Injectable()
export class Cookies {
  private readonly options: CookieSerializeOptions;
  private readonly prefix: string;

  constructor(@Inject(CONFIG) config: Config) {
    const secure = config.PUBLIC_URL.startsWith('https:');
    this.options = { path: '/', httpOnly: true, sameSite: 'lax', secure };
    this.prefix = secure ? '__Host-' : '';
  }

  bag(request: FastifyRequest): BagReference | undefined {
    const [, id, token] = bagPattern.exec(this.read(request, 'bag') ?? '') ?? [];
    return id && token ? { id, token } : undefined;
  }

  /** From a copy of our own making, and only ever shown. */
  bagCount(request: FastifyRequest): number {
    const count = Number(this.read(request, 'count') ?? 0);
    return Number.isInteger(count) && count > 0 ? Math.min(count, 100) : 0;
  }

  keepBag(reply: FastifyReply, { id, token }: BagReference): void {
    this.write(reply, 'bag', `${id}.${token}`, monthSeconds);
  }

  keepBagCount(reply: FastifyReply, count: number): void {
    this.write(reply, 'count', String(count), monthSeconds);
  }

  forgetBag(reply: FastifyReply): void {
    this.clear(reply, 'bag');
    this.clear(reply, 'count');
  }

  session(request: FastifyRequest): string | undefined {
    const session = this.read(request, 'session');
    return session && /^[\w-]{22}$/.test(session) ? session : undefined;
  }

  keepSession(reply: FastifyReply, session: string): void {
    this.write(reply, 'session', session);
  }

  removed(request: FastifyRequest): string | undefined {
    return this.read(request, 'removed');
  }

  keepRemoved(reply: FastifyReply, removed: string): void {
    this.write(reply, 'removed', removed, undoSeconds);
  }

  forgetRemoved(reply: FastifyReply): void {
    this.clear(reply, 'removed');
  }

  private read(request: FastifyRequest, name: Name): string | undefined {
    return request.cookies[this.prefix + name];
  }

  private write(reply: FastifyReply, name: Name, value: string, maxAge?: number): void {
    void reply.setCookie(this.prefix + name, value, {
      ...this.options,
      ...(maxAge !== undefined && { maxAge }),
    });
  }

  private clear(reply: FastifyReply, name: Name): void {
    void reply.clearCookie(this.prefix + name, this.options);
  }
}
