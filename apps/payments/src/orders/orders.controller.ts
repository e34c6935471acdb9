import { bearerToken, hashToken } from '@hemline/auth';
import { paymentsApi } from '@hemline/contracts';
import { Documented, DomainError } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Cancellation } from './cancellation.ts';
import { Returning } from './returning.ts';
import { findView } from './order-view.store.ts';

const orderId = z.uuid('must be the id of an order');

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly database: Database,
    private readonly cancellation: Cancellation,
    private readonly returning: Returning,
  ) {}

  @Get(':id')
  @Documented({
    summary: 'An order, as it stands now, for the one who placed it',
    bearer: 'order',
    responses: { 200: paymentsApi.order },
    problems: ['orders.not_found', 'auth.required'],
  })
  async read(
    @Param('id', { schema: orderId }) id: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<paymentsApi.Order> {
    const tokenHash = hashToken(bearerToken(authorization));
    return this.view({ id, tokenHash });
  }

  @Post(':id/returned')
  @HttpCode(200)
  @Documented({
    summary: 'She is back from her bank: asks the provider how it went; again, it changes nothing',
    bearer: 'order',
    responses: { 200: paymentsApi.order },
    problems: ['orders.not_found', 'auth.required'],
  })
  async returned(
    @Param('id', { schema: orderId }) id: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<paymentsApi.Order> {
    const owned = { id, tokenHash: hashToken(bearerToken(authorization)) };
    await this.returning.hasReturned(owned);
    return this.view(owned);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Documented({
    summary: 'Cancels an order that is not paid yet; its goods are free again at once',
    bearer: 'order',
    responses: { 200: paymentsApi.order },
    problems: ['orders.not_found', 'orders.already_paid', 'auth.required'],
  })
  async cancel(
    @Param('id', { schema: orderId }) id: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<paymentsApi.Order> {
    const owned = { id, tokenHash: hashToken(bearerToken(authorization)) };
    await this.cancellation.cancel(owned);
    return this.view(owned);
  }

  private async view(owned: Parameters<typeof findView>[1]): Promise<paymentsApi.Order> {
    const order = await findView(this.database, owned);
    if (!order) throw new DomainError('orders.not_found');
    return order;
  }
}
