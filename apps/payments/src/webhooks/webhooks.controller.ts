import { Documented, DomainError } from '@hemline/http';
import { Counter, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { Body, Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.ts';
import { WebhookInbox } from './webhook-inbox.ts';
import { readWebhook } from './webhook-signature.ts';

const received = z.object({ received: z.literal(true) });

@Controller('webhooks')
export class WebhooksController {
  private readonly rejected: Counter;

  constructor(
    private readonly inbox: WebhookInbox,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(METRICS) metrics: MetricsRegistry,
  ) {
    this.rejected = new Counter({
      name: 'webhooks_rejected_total',
      help: 'Webhooks without a genuine signature; nothing of them is kept',
      registers: [metrics],
    });
  }

  @Post('psp')
  @HttpCode(200)
  @RouteConfig({ rawBody: true })
  @Documented({
    summary: 'Takes what the provider tells; answered once it is stored',
    headers: { 'Stripe-Signature': { description: 'HMAC over the raw body', required: true } },
    responses: { 200: received },
    problems: ['webhooks.signature_invalid'],
  })
  async receive(
    @Body() payload: Buffer | undefined,
    @Headers('stripe-signature') signature: string | undefined,
  ): Promise<z.infer<typeof received>> {
    const { PSP_WEBHOOK_SECRETS: secrets } = this.config;
    const event = readWebhook(payload ?? Buffer.alloc(0), signature, secrets);
    if (!event) {
      this.rejected.inc();
      throw new DomainError('webhooks.signature_invalid');
    }
    await this.inbox.store(event);
    return { received: true };
  }
}
