import { StaffOnly, StaffTokens, bearerToken } from '@hemline/auth';
import { paymentsApi } from '@hemline/contracts';
import { Documented, DomainError } from '@hemline/http';
import { containsCardNumber } from '@hemline/telemetry';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { parseIdempotencyKey, toFingerprint } from '../checkout/idempotency.ts';
import { CONFIG, type Config } from '../config.ts';
import { Approvals } from './approvals.service.ts';
import { Refunds } from './refund-requests.service.ts';

const orderId = z.uuid('must be the id of an order');
const refundId = z.uuid('must be the id of a refund');
const authProblems = ['auth.required', 'auth.forbidden', 'orders.not_found'];

@Controller('orders/:id/refunds')
export class RefundsController {
  constructor(
    private readonly refunds: Refunds,
    private readonly approvals: Approvals,
    private readonly tokens: StaffTokens,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'Gives money of an order back: an amount, or what was paid for lines',
    bearer: 'staff',
    headers: {
      'Idempotency-Key': {
        description: 'Names this request; the same key again gets the same answer',
        required: true,
      },
    },
    responses: { 201: paymentsApi.refund },
    problems: [
      'idempotency.key_required',
      'idempotency.key_invalid',
      'idempotency.mismatch',
      'idempotency.in_progress',
      'payments.card_number',
      'refunds.not_captured',
      'refunds.nothing_to_refund',
      'refunds.exceeds_captured',
      'refunds.exceeds_ordered',
      'refunds.other_currency',
      ...authProblems,
    ],
  })
  async request(
    @Param('id', { schema: orderId }) id: string,
    @Body({ schema: paymentsApi.requestRefund }) body: paymentsApi.RequestRefund,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Headers('authorization') authorization: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const staff = await this.tokens.verify(bearerToken(authorization));
    const key = parseIdempotencyKey(keyHeader);
    if (containsCardNumber(body.reason)) {
      const errors = [{ pointer: '#/reason', detail: 'looks like a card number' }];
      throw new DomainError('payments.card_number', { errors });
    }
    const route = `POST /orders/${id}/refunds`;
    const claim = {
      // Staff tokens are short-lived: it is the person who must find the key again.
      scope: `POST /orders/{id}/refunds ${staff.subject}`,
      key,
      fingerprint: toFingerprint(route, body),
      lockToken: crypto.randomUUID(),
      leaseMs: this.config.KEY_LEASE_MS,
    };
    const { answer, isReplayed } = await this.refunds.request(id, body, { staff, claim });
    if (isReplayed) void reply.header('Idempotent-Replayed', 'true');
    await reply
      .status(answer.status)
      .header('Cache-Control', 'no-store')
      .type(answer.type)
      .send(answer.body);
  }

  @Get()
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'The refunds and disputes of an order, and what is left to give back',
    bearer: 'staff',
    responses: { 200: paymentsApi.refundList },
    problems: authProblems,
  })
  list(@Param('id', { schema: orderId }) id: string): Promise<paymentsApi.RefundList> {
    return this.refunds.list(id);
  }

  @Post(':refundId/approve')
  @HttpCode(200)
  @StaffOnly('admin')
  @Documented({
    summary: 'Confirms a large refund, as another person than the one who asked for it',
    bearer: 'staff',
    responses: { 200: paymentsApi.refund },
    problems: [
      'refunds.not_found',
      'refunds.same_person',
      'refunds.not_awaiting_approval',
      'refunds.exceeds_captured',
      ...authProblems,
    ],
  })
  async approve(
    @Param('id', { schema: orderId }) id: string,
    @Param('refundId', { schema: refundId }) refund: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<paymentsApi.Refund> {
    const staff = await this.tokens.verify(bearerToken(authorization));
    return this.approvals.decide(id, { id: refund, decision: 'requested' }, staff);
  }

  @Post(':refundId/reject')
  @HttpCode(200)
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'Rejects a large refund, or takes one back, before it was confirmed',
    bearer: 'staff',
    responses: { 200: paymentsApi.refund },
    problems: ['refunds.not_found', 'refunds.not_awaiting_approval', ...authProblems],
  })
  async reject(
    @Param('id', { schema: orderId }) id: string,
    @Param('refundId', { schema: refundId }) refund: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<paymentsApi.Refund> {
    const staff = await this.tokens.verify(bearerToken(authorization));
    return this.approvals.decide(id, { id: refund, decision: 'rejected' }, staff);
  }
}
