import { Documented } from '@hemline/http';
import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import type { Decision } from '../account/change.ts';
import { createRefund } from '../account/refunds.ts';
import { refundObject } from '../stripe/objects.ts';
import { createRefundParams, listRefundsParams, retrieveParams } from '../stripe/params.ts';
import type { Handled } from '../exchange/exchange.ts';
import { show, showPage } from './show.ts';
import { V1Controller, idempotencyKey } from '../exchange/v1-controller.ts';

const refund = { 200: 'A Refund of Stripe' };

@V1Controller('refunds')
export class RefundsController {
  constructor(private readonly accounts: AccountService) {}

  @Post()
  @Documented({ summary: 'Gives money back, all or a part', responses: refund, ...idempotencyKey })
  create(
    @Body({ schema: createRefundParams }) params: z.infer<typeof createRefundParams>,
  ): Decision {
    return createRefund(params);
  }

  @Get()
  @Documented({ summary: 'Lists Refunds, newest first', responses: { 200: 'A list' } })
  list(@Query({ schema: listRefundsParams }) params: z.infer<typeof listRefundsParams>): Handled {
    const { account, find } = this.accounts;
    return showPage('/v1/refunds', {
      collection: account.refundsOf(params.payment_intent),
      params,
      toObject: refundObject,
      find,
      isWanted: ({ charge }) => params.charge === undefined || charge === params.charge,
    });
  }

  @Get(':id')
  @Documented({ summary: 'Shows a Refund', responses: refund })
  retrieve(
    @Param('id') id: string,
    @Query({ schema: retrieveParams }) params: z.infer<typeof retrieveParams>,
  ): Handled {
    const { account, find } = this.accounts;
    return show(refundObject(account.refund(id)), params, find);
  }
}
