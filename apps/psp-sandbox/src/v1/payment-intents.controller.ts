import { Documented } from '@hemline/http';
import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import type { Decision } from '../account/change.ts';
import { captureIntent, confirmIntent, createIntent } from '../account/intents.ts';
import { cancelIntent } from '../account/release.ts';
import { Faults } from '../faults/faults.ts';
import { expand } from '../stripe/expand.ts';
import { intentObject } from '../stripe/objects.ts';
import {
  cancelIntentParams,
  captureIntentParams,
  confirmIntentParams,
  createIntentParams,
  listIntentsParams,
  retrieveParams,
  searchParams,
} from '../stripe/params.ts';
import { missing } from '../stripe/stripe-error.ts';
import type { Handled } from '../exchange/exchange.ts';
import { show, showPage } from './show.ts';
import { searchIntents } from './search.ts';
import { V1Controller, idempotencyKey } from '../exchange/v1-controller.ts';

const intent = { 200: 'A PaymentIntent of Stripe' };

@V1Controller('payment_intents')
export class PaymentIntentsController {
  constructor(
    private readonly accounts: AccountService,
    private readonly faults: Faults,
  ) {}

  @Post()
  @Documented({
    summary: 'Creates a PaymentIntent, and confirms it',
    responses: intent,
    ...idempotencyKey,
  })
  create(
    @Body({ schema: createIntentParams }) params: z.infer<typeof createIntentParams>,
  ): Decision {
    return createIntent(params);
  }

  @Post(':id/confirm')
  @Documented({ summary: 'Asks the card for the money', responses: intent, ...idempotencyKey })
  confirm(
    @Param('id') id: string,
    @Body({ schema: confirmIntentParams }) params: z.infer<typeof confirmIntentParams>,
  ): Decision {
    return confirmIntent(id, params);
  }

  @Post(':id/capture')
  @Documented({
    summary: 'Takes what was authorised, or a part',
    responses: intent,
    ...idempotencyKey,
  })
  capture(
    @Param('id') id: string,
    @Body({ schema: captureIntentParams }) params: z.infer<typeof captureIntentParams>,
  ): Decision {
    return captureIntent(id, params);
  }

  @Post(':id/cancel')
  @Documented({ summary: 'Gives an authorisation back', responses: intent, ...idempotencyKey })
  cancel(
    @Param('id') id: string,
    @Body({ schema: cancelIntentParams }) params: z.infer<typeof cancelIntentParams>,
  ): Decision {
    return cancelIntent(id, params);
  }

  @Get()
  @Documented({ summary: 'Lists PaymentIntents, newest first', responses: { 200: 'A list' } })
  list(@Query({ schema: listIntentsParams }) params: z.infer<typeof listIntentsParams>): Handled {
    const { account, find } = this.accounts;
    return showPage('/v1/payment_intents', {
      collection: account.intents,
      params,
      toObject: intentObject,
      find,
    });
  }

  @Get('search')
  @Documented({
    summary: 'Finds PaymentIntents by metadata',
    responses: { 200: 'A search result' },
  })
  search(@Query({ schema: searchParams }) params: z.infer<typeof searchParams>): Handled {
    const { account, find } = this.accounts;
    const newest = Math.ceil((this.accounts.now() - this.faults.plan.searchLagMs) / 1000);
    const found = searchIntents(account, params.query).filter(({ created }) => created <= newest);
    const start = params.page === undefined ? 0 : found.findIndex(({ id }) => id === params.page);
    if (start < 0) throw missing('page', params.page ?? '', 'page');
    const page = found.slice(start, start + params.limit);
    const next = found[start + params.limit]?.id ?? null;
    const result = {
      object: 'search_result',
      url: '/v1/payment_intents/search',
      has_more: next !== null,
      next_page: next,
      data: page.map(intentObject),
    };
    return { show: expand(result, params.expand ?? [], find) };
  }

  @Get(':id')
  @Documented({ summary: 'Shows a PaymentIntent', responses: intent })
  retrieve(
    @Param('id') id: string,
    @Query({ schema: retrieveParams }) params: z.infer<typeof retrieveParams>,
  ): Handled {
    const { account, find } = this.accounts;
    return show(intentObject(account.intent(id)), params, find);
  }
}
