import { randomUUID } from 'node:crypto';
import { DomainError, Documented } from '@hemline/http';
import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import type { Decision } from '../account/change.ts';
import { authenticateIntent } from '../account/intents.ts';
import { closeDispute, openDispute } from '../account/disputes.ts';
import { expireAuthorisation } from '../account/release.ts';
import { settleRefund } from '../account/refunds.ts';
import { StripeError } from '../stripe/stripe-error.ts';
import { LocalGuard } from './local.guard.ts';

const authenticateBody = z.strictObject({ outcome: z.enum(['succeed', 'fail']) });
const settleBody = z.strictObject({ status: z.enum(['succeeded', 'failed']) });
const disputeBody = z.strictObject({ amount: z.int().positive().optional() }).nullish();
const closeBody = z.strictObject({ status: z.enum(['won', 'lost']) });
const pruneBody = z
  .strictObject({ olderThanSeconds: z.number().min(0).max(31_536_000).default(0) })
  .nullish();

const problems = ['sandbox.unknown', 'sandbox.not_now'];

/** What the world outside does: cardholders, banks, time. */
@Controller('_sandbox')
@UseGuards(LocalGuard)
export class SandboxController {
  constructor(private readonly accounts: AccountService) {}

  @Post('payment_intents/:id/authenticate')
  @HttpCode(200)
  @Documented({
    summary: 'The cardholder passes 3-D Secure, or fails',
    responses: { 200: 'The PaymentIntent' },
    problems,
  })
  authenticate(
    @Param('id') id: string,
    @Body({ schema: authenticateBody }) { outcome }: z.infer<typeof authenticateBody>,
  ): Promise<unknown> {
    return this.take(authenticateIntent(id, outcome), id);
  }

  @Post('payment_intents/:id/expire')
  @HttpCode(200)
  @Documented({
    summary: 'The authorisation lapses, as after a week',
    responses: { 200: 'The PaymentIntent' },
    problems,
  })
  expire(@Param('id') id: string): Promise<unknown> {
    return this.take(expireAuthorisation(id), id);
  }

  @Post('refunds/:id/settle')
  @HttpCode(200)
  @Documented({
    summary: 'A refund arrives at last, or comes back',
    responses: { 200: 'The Refund' },
    problems,
  })
  settle(
    @Param('id') id: string,
    @Body({ schema: settleBody }) { status }: z.infer<typeof settleBody>,
  ): Promise<unknown> {
    return this.take(settleRefund(id, status), id);
  }

  @Post('payment_intents/:id/dispute')
  @HttpCode(200)
  @Documented({
    summary: 'The cardholder disputes a payment; her bank takes it back for the time being',
    responses: { 200: 'The Dispute' },
    problems,
  })
  async dispute(
    @Param('id') id: string,
    @Body({ schema: disputeBody }) body: z.infer<typeof disputeBody>,
  ): Promise<unknown> {
    await this.take(openDispute(id, body?.amount), id);
    const dispute = this.accounts.account.disputesOf(id).values().at(-1);
    return dispute && this.accounts.show(dispute.id);
  }

  @Post('disputes/:id/close')
  @HttpCode(200)
  @Documented({
    summary: 'The bank has decided: for the shop, or for the cardholder',
    responses: { 200: 'The Dispute' },
    problems,
  })
  close(
    @Param('id') id: string,
    @Body({ schema: closeBody }) { status }: z.infer<typeof closeBody>,
  ): Promise<unknown> {
    return this.take(closeDispute(id, status), id);
  }

  @Post('prune-keys')
  @HttpCode(200)
  @Documented({
    summary: 'Forgets idempotency keys, as Stripe does after a day',
    responses: { 200: z.object({ pruned: z.int() }) },
  })
  async prune(
    @Body({ schema: pruneBody }) body: z.infer<typeof pruneBody>,
  ): Promise<{ pruned: number }> {
    const olderThanMs = (body?.olderThanSeconds ?? 0) * 1000;
    return { pruned: await this.accounts.pruneKeys(olderThanMs) };
  }

  /** A decline is an outcome here, not an error: the object as it is now is the answer. */
  private async take(decision: Decision, id: string): Promise<unknown> {
    const origin = { requestId: `req_${randomUUID()}`, key: null, expand: [] };
    try {
      await this.accounts.commit(decision, origin);
    } catch (error) {
      if (!(error instanceof StripeError)) throw error;
      const code = error.statusCode === 404 ? 'sandbox.unknown' : 'sandbox.not_now';
      throw new DomainError(code, { detail: error.message });
    }
    return this.accounts.show(id);
  }
}
