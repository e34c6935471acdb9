import { catalogApi } from '@hemline/contracts';
import { Documented, DomainError } from '@hemline/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Answer, isHeld } from './answer.ts';
import { BrowseService } from './browse.service.ts';
import { type ListQuery, listQuery, maxQueryLength } from './list-query.ts';

const path = z.object({ handle: z.string() });
const suggestQuery = z.strictObject({ q: z.string().max(maxQueryLength).default('') });

const headers = { 'If-None-Match': { description: 'ETag of an answer that you hold' } };
const unchanged = 'The answer that you hold is still right';

/**
 * Reads. Their answers are bytes that were made before, sent as they are: `@Res()` hands them to
 * Fastify without a way through Nest's serialisation.
 */
@Controller()
export class BrowseController {
  constructor(private readonly browse: BrowseService) {}

  @Get('products')
  @Documented({
    summary:
      'Lists products. Repeat a parameter for one value or another; `option.Colour=Blue&option.Size=M` asks for a variant that is both',
    responses: { 200: catalogApi.productList, 304: unchanged },
    problems: ['request.invalid'],
    headers,
  })
  async list(
    @Query({ schema: listQuery }) query: ListQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(await this.browse.list(query), request, reply);
  }

  @Get('products/:handle')
  @Documented({
    summary: 'A product, with a signed quote for each variant',
    responses: { 200: catalogApi.product, 304: unchanged },
    problems: ['products.not_found'],
    headers,
  })
  async product(
    @Param({ schema: path }) { handle }: z.infer<typeof path>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const isHandle = catalogApi.product.shape.handle.safeParse(handle).success;
    const answer = isHandle ? await this.browse.product(handle) : undefined;
    if (!answer) {
      throw new DomainError('products.not_found', { detail: `no product ${handle.slice(0, 255)}` });
    }
    send(answer, request, reply);
  }

  @Get('suggest')
  @Documented({
    summary: 'Titles and categories for what is being typed, eight at most',
    responses: { 200: catalogApi.suggestions, 304: unchanged },
    problems: ['request.invalid'],
    headers,
  })
  async suggest(
    @Query({ schema: suggestQuery }) { q }: z.infer<typeof suggestQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(await this.browse.suggest(q), request, reply);
  }

  @Get('categories')
  @Documented({
    summary: 'The tree of categories, with how many products are in and below each',
    responses: { 200: catalogApi.categoryTree, 304: unchanged },
    headers,
  })
  async categories(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(await this.browse.categories(), request, reply);
  }
}

const send = ({ body, etag }: Answer, request: FastifyRequest, reply: FastifyReply): void => {
  reply.header('Cache-Control', 'public, max-age=1, stale-while-revalidate=5').header('ETag', etag);
  if (isHeld(request.headers['if-none-match'], etag)) void reply.status(304).send();
  else void reply.header('Content-Type', 'application/json; charset=utf-8').send(body);
};
