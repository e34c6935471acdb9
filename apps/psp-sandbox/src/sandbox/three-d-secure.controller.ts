import { randomUUID, timingSafeEqual } from 'node:crypto';
import { Documented, DomainError } from '@hemline/http';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import { authenticateIntent } from '../account/intents.ts';
import type { Intent } from '../account/objects.ts';
import { StripeError } from '../stripe/stripe-error.ts';
import { threeDSecurePage } from './three-d-secure.page.ts';

const answerBody = z.strictObject({ outcome: z.enum(['succeed', 'fail']) });
const problems = ['sandbox.unknown'];

/**
 * The page of the cardholder's bank, to which `next_action.redirect_to_url` leads: she approves or refuses,
 * and is sent back to the shop. It works without script, and knows her by the secret in its address.
 */
@Controller('3d-secure/:intent/:secret')
export class ThreeDSecureController {
  constructor(private readonly accounts: AccountService) {}

  @Get()
  @Documented({
    summary: 'The bank’s page: approve or refuse the payment',
    responses: { 200: 'A page (text/html)' },
    problems,
  })
  async ask(
    @Param('intent') id: string,
    @Param('secret') secret: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const intent = this.find(id, secret);
    await reply
      .header('Cache-Control', 'no-store')
      .header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
      .header('Referrer-Policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(threeDSecurePage(intent, backTo(intent)));
  }

  @Post()
  @Documented({
    summary: 'The cardholder’s answer; sends her back to the shop. Again, it changes nothing',
    responses: { 303: 'Back to the shop' },
    problems,
  })
  async answer(
    @Param('intent') id: string,
    @Param('secret') secret: string,
    @Body({ schema: answerBody }) { outcome }: z.infer<typeof answerBody>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { status } = this.find(id, secret);
    if (status === 'requires_action') await this.settle(id, outcome);
    await reply.redirect(backTo(this.find(id, secret)), 303);
  }

  private async settle(id: string, outcome: 'succeed' | 'fail'): Promise<void> {
    const origin = { requestId: `req_${randomUUID()}`, key: null, expand: [] };
    try {
      await this.accounts.commit(authenticateIntent(id, outcome), origin);
    } catch (error) {
      // Answered in another tab, or cancelled, at this very moment: the shop will see.
      if (!(error instanceof StripeError)) throw error;
    }
  }

  private find(id: string, secret: string): Intent {
    const intent = this.accounts.account.intents.find(id);
    const [given, own] = [Buffer.from(secret), Buffer.from(intent?.secret ?? '')];
    const isOwn = given.length === own.length && timingSafeEqual(given, own);
    if (!intent || !isOwn || !intent.actionUrl) throw new DomainError('sandbox.unknown');
    return intent;
  }
}

/** As Stripe does, it tells how it went; the shop asks for itself. */
const backTo = ({ id, status, returnUrl }: Intent): string => {
  const url = new URL(returnUrl ?? 'about:blank');
  url.searchParams.set('payment_intent', id);
  const isPaid = status === 'requires_capture' || status === 'succeeded';
  if (status !== 'requires_action') {
    url.searchParams.set('redirect_status', isPaid ? 'succeeded' : 'failed');
  }
  return url.href;
};
