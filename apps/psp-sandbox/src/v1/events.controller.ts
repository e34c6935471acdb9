import { Documented } from '@hemline/http';
import { Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import { isSubscribed } from '../config.ts';
import { listEventsParams, retrieveParams } from '../stripe/params.ts';
import { missing } from '../stripe/stripe-error.ts';
import type { Handled } from '../exchange/exchange.ts';
import { pageOf } from './pages.ts';
import { V1Controller } from '../exchange/v1-controller.ts';

@V1Controller('events')
export class EventsController {
  constructor(private readonly accounts: AccountService) {}

  @Get()
  @Documented({ summary: 'Lists Events, newest first', responses: { 200: 'A list' } })
  async list(
    @Query({ schema: listEventsParams }) params: z.infer<typeof listEventsParams>,
  ): Promise<Handled> {
    const types = params.types ?? (params.type === undefined ? ['*'] : [params.type]);
    const { delivery_success: isDelivered } = params;
    const { items, hasMore } = pageOf(
      this.accounts.account.events,
      params,
      (event) =>
        isSubscribed(types, event.type) &&
        (isDelivered === undefined || event.isDelivered === isDelivered),
    );
    const data = await Promise.all(items.map((entry) => this.accounts.event(entry)));
    return { show: { object: 'list', url: '/v1/events', has_more: hasMore, data } };
  }

  @Get(':id')
  @Documented({ summary: 'Shows an Event', responses: { 200: 'An Event of Stripe' } })
  async retrieve(
    @Param('id') id: string,
    @Query({ schema: retrieveParams }) _params: z.infer<typeof retrieveParams>,
  ): Promise<Handled> {
    const entry = this.accounts.account.events.find(id);
    if (!entry) throw missing('event', id);
    return { show: await this.accounts.event(entry) };
  }
}
