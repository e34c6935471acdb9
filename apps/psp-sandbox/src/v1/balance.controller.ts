import { Documented } from '@hemline/http';
import { Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import { balanceObject, transactionObject } from '../stripe/objects.ts';
import { listTransactionsParams, retrieveParams } from '../stripe/params.ts';
import { missing } from '../stripe/stripe-error.ts';
import type { Handled } from '../exchange/exchange.ts';
import { show, showPage } from './show.ts';
import { V1Controller } from '../exchange/v1-controller.ts';

@V1Controller('')
export class BalanceController {
  constructor(private readonly accounts: AccountService) {}

  @Get('balance')
  @Documented({ summary: 'Shows what the shop is owed', responses: { 200: 'A Balance of Stripe' } })
  balance(): Handled {
    return { show: balanceObject(this.accounts.account) };
  }

  @Get('balance_transactions')
  @Documented({ summary: 'Lists what moved the balance', responses: { 200: 'A list' } })
  list(
    @Query({ schema: listTransactionsParams }) params: z.infer<typeof listTransactionsParams>,
  ): Handled {
    const { account, find } = this.accounts;
    const { currency, source, type } = params;
    return showPage('/v1/balance_transactions', {
      collection: account.transactions,
      params,
      toObject: transactionObject,
      find,
      isWanted: (item) =>
        (currency === undefined || item.currency === currency) &&
        (source === undefined || item.source === source) &&
        (type === undefined || item.type === type),
    });
  }

  @Get('balance_transactions/:id')
  @Documented({ summary: 'Shows what moved the balance', responses: { 200: 'A transaction' } })
  retrieve(
    @Param('id') id: string,
    @Query({ schema: retrieveParams }) params: z.infer<typeof retrieveParams>,
  ): Handled {
    const transaction = this.accounts.account.transactions.find(id);
    if (!transaction) throw missing('balance_transaction', id);
    return show(transactionObject(transaction), params, this.accounts.find);
  }
}
