import { Documented } from '@hemline/http';
import { Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import { disputeObject } from '../stripe/objects.ts';
import { listDisputesParams, retrieveParams } from '../stripe/params.ts';
import type { Handled } from '../exchange/exchange.ts';
import { show, showPage } from './show.ts';
import { V1Controller } from '../exchange/v1-controller.ts';

@V1Controller('disputes')
export class DisputesController {
  constructor(private readonly accounts: AccountService) {}

  @Get()
  @Documented({ summary: 'Lists Disputes, newest first', responses: { 200: 'A list' } })
  list(@Query({ schema: listDisputesParams }) params: z.infer<typeof listDisputesParams>): Handled {
    const { account, find } = this.accounts;
    return showPage('/v1/disputes', {
      collection: account.disputesOf(params.payment_intent),
      params,
      toObject: disputeObject,
      find,
      isWanted: ({ charge }) => params.charge === undefined || charge === params.charge,
    });
  }

  @Get(':id')
  @Documented({ summary: 'Shows a Dispute', responses: { 200: 'A Dispute of Stripe' } })
  retrieve(
    @Param('id') id: string,
    @Query({ schema: retrieveParams }) params: z.infer<typeof retrieveParams>,
  ): Handled {
    const { account, find } = this.accounts;
    return show(disputeObject(account.dispute(id)), params, find);
  }
}
