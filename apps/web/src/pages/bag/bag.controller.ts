import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { cartApi } from '@hemline/contracts';
import { z } from 'zod';
import type { Answer } from '../../clients/answer.ts';
import { CartClient } from '../../clients/cart.client.ts';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender, seeOther } from '../../rendering/page-sender.ts';
import { type BagReference, Cookies } from '../../security/cookies.ts';
import { BagPage, lineId } from './bag.page.tsx';
import { BagService, countOf } from './bag.service.ts';
import { decodeRemoved, encodeRemoved } from './removed.ts';

const sku = z.string().min(1).max(80);
const quantity = z.coerce.number().int().min(1).max(99);
const newLine = z.object({ sku, quantity, quote: z.string().min(1).max(2048) });
const oneOrMore = (value: unknown): unknown => (Array.isArray(value) ? value : [value]);
const shortageForm = z.object({
  sku: z.preprocess(oneOrMore, z.array(sku).max(100)),
  available: z.preprocess(oneOrMore, z.array(z.coerce.number().int().min(0).max(99)).max(100)),
});
const changedLine = z.object({ sku, quantity });

/** Why a form was not done, by what stands in the bag's address after it. */
const problemWords: Readonly<Record<string, string>> = {
  quantity: 'Nothing was changed: type a whole number from 1 to 99.',
  'carts.quantity_limit': 'Nothing was changed: a bag holds at most 99 of one thing.',
  'carts.line_limit': 'It was not added: your bag is full. Check out, then begin another.',
  'carts.currency_mixed': 'It was not added: your bag holds goods in another currency.',
  'quotes.expired': 'It was not added: it is no longer sold.',
};
const otherProblem = 'That could not be done. Your bag is as it was.';

@Controller('cart')
export class BagController {
  constructor(
    private readonly carts: CartClient,
    private readonly bags: BagService,
    private readonly cookies: Cookies,
    private readonly front: ShopFront,
    private readonly sender: PageSender,
  ) {}

  @Get()
  async bag(
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bag = this.cookies.bag(request);
    const found = bag && (await this.carts.find(bag));
    const cart = found?.status === 'open' ? found : undefined;
    if (bag && !cart) this.cookies.forgetBag(reply);
    const bagCount = cart ? countOf(cart) : 0;
    if (cart && bagCount !== this.cookies.bagCount(request)) {
      this.cookies.keepBagCount(reply, bagCount);
    }
    const { added, problem } = query;
    const page = BagPage({
      shop: this.front.shop,
      cart,
      now: new Date(),
      added: typeof added === 'string' ? added : undefined,
      removed: decodeRemoved(this.cookies.removed(request)),
      problem: typeof problem === 'string' ? (problemWords[problem] ?? otherProblem) : undefined,
    });
    this.sender.send(request, reply, page, { bagCount });
  }

  @Post('add')
  @HttpCode(303)
  async add(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const line = newLine.safeParse(body);
    if (!line.success) return seeOther(reply, '/cart?problem=quantity');
    const added = await this.bags.add(this.cookies.bag(request), line.data);
    this.cookies.keepBag(reply, added.bag);
    this.cookies.forgetRemoved(reply);
    if (added.kind === 'refused') return seeOther(reply, `/cart?problem=${added.code}`);
    this.cookies.keepBagCount(reply, countOf(added.cart));
    const shown = encodeURIComponent(line.data.sku);
    seeOther(reply, `/cart?added=${shown}#${lineId(line.data.sku)}`);
  }

  @Post('update')
  @HttpCode(303)
  async update(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const line = changedLine.safeParse(body);
    if (!line.success) return seeOther(reply, '/cart?problem=quantity');
    const { sku: changed, ...rest } = line.data;
    await this.change(request, reply, (bag) => this.carts.set(bag, changed, rest));
  }

  @Post('remove')
  @HttpCode(303)
  async remove(
    @Body() body: { readonly sku?: unknown },
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const removedSku = sku.safeParse(body.sku);
    if (!removedSku.success) return seeOther(reply, '/cart?problem=line');
    const removed = encodeRemoved(body);
    if (removed) this.cookies.keepRemoved(reply, removed);
    await this.change(request, reply, (bag) => this.carts.remove(bag, removedSku.data));
  }

  /** After a shortage at checkout: as many as there are, none where there are none, and back to pay. */
  @Post('fit')
  @HttpCode(303)
  async fit(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bag = this.cookies.bag(request);
    const shortages = shortageForm.safeParse(body);
    if (!bag || !shortages.success) return seeOther(reply, '/cart');
    for (const [i, short] of shortages.data.sku.entries()) {
      const left = shortages.data.available[i] ?? 0;
      const answer =
        left > 0
          ? await this.carts.set(bag, short, { quantity: left })
          : await this.carts.remove(bag, short);
      if (answer.kind === 'ok') this.cookies.keepBagCount(reply, countOf(answer.value));
    }
    seeOther(reply, '/checkout');
  }

  private async change(
    request: FastifyRequest,
    reply: FastifyReply,
    change: (bag: BagReference) => Promise<Answer<cartApi.Cart>>,
  ): Promise<void> {
    const bag = this.cookies.bag(request);
    if (!bag) return seeOther(reply, '/cart');
    const answer = await change(bag);
    if (answer.kind === 'ok') {
      this.cookies.keepBagCount(reply, countOf(answer.value));
      return seeOther(reply, '/cart');
    }
    // The line went away in another tab: the bag itself shows what there is now.
    const isGone = answer.problem.status === 404 || answer.problem.code === 'carts.closed';
    seeOther(reply, isGone ? '/cart' : `/cart?problem=${answer.problem.code}`);
  }
}
