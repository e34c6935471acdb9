import { bearerToken, hashToken } from '@hemline/auth';
import { cartApi } from '@hemline/contracts';
import { Documented } from '@hemline/http';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { refusal } from '../problems.ts';
import type { CartAccess } from './carts.store.ts';
import { CartsService } from './carts.service.ts';

const nothing = z.strictObject({}).nullish();
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const key = /^[\x21-\x7e]{1,255}$/;

const ifMatch = {
  'If-Match': { description: 'The version of the cart that was read, such as `"3"`; else 412' },
};
const accessProblems = ['auth.required', 'carts.not_found'] as const;
const changeProblems = [
  ...accessProblems,
  'carts.closed',
  'carts.quantity_limit',
  'carts.line_limit',
  'carts.currency_mixed',
  'quotes.invalid',
  'quotes.expired',
] as const;

@Controller('carts')
export class CartsController {
  constructor(private readonly carts: CartsService) {}

  @Post()
  @Documented({ summary: 'Makes an empty cart', responses: { 201: cartApi.cartCreated } })
  create(@Body({ schema: nothing }) _body: unknown): Promise<cartApi.CartCreated> {
    return this.carts.create();
  }

  @Get(':id')
  @Documented({
    summary: 'The cart with what has changed since each line was added',
    responses: { 200: cartApi.cart },
    problems: accessProblems,
    bearer: 'cart',
  })
  async read(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<cartApi.Cart> {
    return withVersion(reply, await this.carts.read(accessOf(request, id)));
  }

  @Post(':id/lines')
  @HttpCode(200)
  @Documented({
    summary: 'Adds to a line; two at once lose neither',
    responses: { 200: cartApi.cart },
    problems: [...changeProblems, 'idempotency.invalid_key', 'idempotency.mismatch'],
    bearer: 'cart',
    headers: { 'Idempotency-Key': { description: 'One effect and one answer per key' } },
  })
  async addLine(
    @Param('id') id: string,
    @Body({ schema: cartApi.addLine }) body: cartApi.AddLine,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<cartApi.Cart | string> {
    const access = accessOf(request, id);
    const idempotencyKey = keyOf(request);
    if (idempotencyKey === undefined) {
      return withVersion(reply, await this.carts.addLine(access, body));
    }
    const answer = await this.carts.addLineOnce(access, body, idempotencyKey);
    if (answer.isReplay) void reply.header('Idempotent-Replayed', 'true');
    withVersion(reply, JSON.parse(answer.body) as cartApi.Cart);
    void reply.header('Content-Type', 'application/json; charset=utf-8');
    return answer.body;
  }

  @Put(':id/lines/:sku')
  @Documented({
    summary: 'Sets the quantity of a line, and its quote if one is given',
    responses: { 200: cartApi.cart },
    problems: [...changeProblems, 'lines.not_found', 'carts.version_mismatch'],
    bearer: 'cart',
    headers: ifMatch,
  })
  async setLine(
    @Param('id') id: string,
    @Param('sku') sku: string,
    @Body({ schema: cartApi.setLine }) body: cartApi.SetLine,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<cartApi.Cart> {
    const change = { ...body, sku, versions: versionsOf(request) };
    return withVersion(reply, await this.carts.setLine(accessOf(request, id), change));
  }

  @Delete(':id/lines/:sku')
  @Documented({
    summary: 'Removes a line',
    responses: { 200: cartApi.cart },
    problems: [...accessProblems, 'carts.closed', 'lines.not_found', 'carts.version_mismatch'],
    bearer: 'cart',
    headers: ifMatch,
  })
  async removeLine(
    @Param('id') id: string,
    @Param('sku') sku: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<cartApi.Cart> {
    const change = { sku, versions: versionsOf(request) };
    return withVersion(reply, await this.carts.removeLine(accessOf(request, id), change));
  }

  @Post(':id/merge')
  @HttpCode(200)
  @Documented({
    summary: 'Takes the lines of another cart and closes it; again changes nothing',
    responses: { 200: cartApi.cart },
    problems: [...accessProblems, 'carts.closed', 'carts.line_limit', 'carts.currency_mixed'],
    bearer: 'cart',
  })
  async merge(
    @Param('id') id: string,
    @Body({ schema: cartApi.mergeCart }) body: cartApi.MergeCart,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<cartApi.Cart> {
    return withVersion(reply, await this.carts.merge(accessOf(request, id), body));
  }
}

/** An id that cannot be one is as unknown as one that is not there. */
const accessOf = (request: FastifyRequest, id: string): CartAccess => {
  const token = bearerToken(request.headers.authorization);
  if (!uuid.test(id)) throw refusal('carts.not_found');
  return { id: id.toLowerCase(), tokenHash: hashToken(token) };
};

const keyOf = (request: FastifyRequest): string | undefined => {
  const value = request.headers['idempotency-key'];
  if (value === undefined || (typeof value === 'string' && key.test(value))) return value;
  throw refusal('idempotency.invalid_key', { detail: 'it must be 1 to 255 visible characters' });
};

/** The versions that `If-Match` allows; a tag that is no version of ours matches none (RFC 9110). */
const versionsOf = (request: FastifyRequest): number[] | undefined => {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  return [...header.matchAll(/(?<!W\/)"(\d{1,9})"/g)].map(([, version]) => Number(version));
};

const withVersion = (reply: FastifyReply, cart: cartApi.Cart): cartApi.Cart => {
  void reply.header('ETag', `"${cart.version}"`).header('Cache-Control', 'no-store');
  return cart;
};
