import { LOGGER, type Logger } from '@hemline/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender } from '../../rendering/page-sender.ts';
import { ErrorPage } from './error.page.tsx';
import { toErrorWords } from './error-words.ts';

/** Whatever goes wrong, a shopper sees a page of the shop, with a reference that finds the trace. */
@Catch()
export class ErrorPageFilter implements ExceptionFilter {
  constructor(
    private readonly front: ShopFront,
    private readonly sender: PageSender,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, title, words } = toErrorWords(error);
    const path = request.url.split('?', 1)[0];
    if (status >= 500) this.logger.error({ err: error, path }, title);
    if (status === 503) void reply.header('Retry-After', '5');
    const reference = String(reply.getHeader('Trace-Id') ?? '');
    const goOn = request.method === 'GET' ? undefined : this.pageBefore(request);
    const page = ErrorPage({ shop: this.front.shop, title, words, reference, goOn });
    this.sender.send(request, reply, page, { status });
  }

  /** Where the form was, so that she can go back to it; only a path of ours. */
  private pageBefore(
    request: FastifyRequest,
  ): { readonly href: string; readonly title: string } | undefined {
    const { referer, host } = request.headers;
    if (!referer || !URL.canParse(referer)) return undefined;
    const { host: from, pathname, search } = new URL(referer);
    if (from !== host || pathname.startsWith('//')) return undefined;
    return { href: pathname + search, title: 'Back to where you were' };
  }
}
