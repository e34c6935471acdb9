import { DomainError } from '@hemline/http';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PaymentsClient } from '../../clients/payments.client.ts';
import { CONFIG, type Config } from '../../config.ts';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender, seeOther } from '../../rendering/page-sender.ts';
import { Cookies } from '../../security/cookies.ts';
import { OrderPage } from './order.page.tsx';

const address = z.object({ id: z.uuid(), token: z.string().min(16).max(200) });

@Controller('orders')
export class OrderController {
  constructor(
    private readonly payments: PaymentsClient,
    private readonly cookies: Cookies,
    private readonly front: ShopFront,
    private readonly sender: PageSender,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get(':id')
  async order(
    @Param('id') id: string,
    @Query('token') token: unknown,
    // The provider adds it to the address when it sends her back from her bank.
    @Query('payment_intent') isBack: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = address.safeParse({ id, token });
    if (asked.success && isBack !== undefined) return this.comeBack(reply, asked.data);
    const order = asked.success
      ? await this.payments.findOrder(asked.data.id, asked.data.token)
      : undefined;
    if (!asked.success || !order) throw new DomainError('orders.not_found');
    const isPlaced = order.status === 'authorized' || order.status === 'paid';
    const isThisBag = this.cookies.bag(request)?.id === order.cart.id;
    if (isPlaced && isThisBag) this.cookies.forgetBag(reply);
    const query = new URLSearchParams({ token: asked.data.token });
    const page = OrderPage({
      shop: this.front.shop,
      order,
      link: `${this.config.PUBLIC_URL}/orders/${id}?${query}`,
      now: new Date(),
    });
    this.sender.send(request, reply, page, {
      isSecret: true,
      ...(isPlaced && isThisBag && { bagCount: 0 }),
    });
  }

  /** What the address says of how it went is not believed; and a reload must not ask again. */
  private async comeBack(
    reply: FastifyReply,
    { id, token }: z.infer<typeof address>,
  ): Promise<void> {
    await this.payments.returnTo(id, token);
    const query = new URLSearchParams({ token });
    seeOther(reply, `/orders/${id}?${query.toString()}`);
  }
}
