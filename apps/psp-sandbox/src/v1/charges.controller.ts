import { Documented } from '@hemline/http';
import { Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import { chargeObject } from '../stripe/objects.ts';
import { listChargesParams, retrieveParams } from '../stripe/params.ts';
import type { Handled } from '../exchange/exchange.ts';
import { show, showPage } from './show.ts';
import { V1Controller } from '../exchange/v1-controller.ts';

@V1Controller('charges')
export class ChargesController {
  constructor(private readonly accounts: AccountService) {}

  @Get()
  @Documented({ summary: 'Lists Charges, newest first', responses: { 200: 'A list' } })
  list(@Query({ schema: listChargesParams }) params: z.infer<typeof listChargesParams>): Handled {
    const { account, find } = this.accounts;
    return showPage('/v1/charges', {
      collection: account.chargesOf(params.payment_intent),
      params,
      toObject: chargeObject,
      find,
    });
  }

  @Get(':id')
  @Documented({ summary: 'Shows a Charge', responses: { 200: 'A Charge of Stripe' } })
  retrieve(
    @Param('id') id: string,
    @Query({ schema: retrieveParams }) params: z.infer<typeof retrieveParams>,
  ): Handled {
    const { account, find } = this.accounts;
    return show(chargeObject(account.charge(id)), params, find);
  }
}
