import { catalogApi } from '@hemline/contracts';
import { Documented, DomainError } from '@hemline/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AnswerSender } from './answer-sender.ts';
import { Answers } from './answers.ts';
import { BrowseService } from './browse.service.ts';
import { KnownUrls } from './known-urls.ts';
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
  constructor(
    private readonly browse: BrowseService,
    private readonly answers: Answers,
    private readonly urls: KnownUrls,
    private readonly sender: AnswerSender,
  ) {}

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
    this.sender.send(await this.browse.list(query), request, reply);
    this.urls.remember(request.url, () => this.answers.lists.peek(query.key));
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
    this.sender.send(answer, request, reply);
    this.urls.remember(request.url, () => this.answers.products.peek(handle));
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
    this.sender.send(await this.browse.suggest(q), request, reply);
  }

  @Get('categories')
  @Documented({
    summary: 'The tree of categories, with how many products are in and below each',
    responses: { 200: catalogApi.categoryTree, 304: unchanged },
    headers,
  })
  async categories(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.sender.send(await this.browse.categories(), request, reply);
  }
}
