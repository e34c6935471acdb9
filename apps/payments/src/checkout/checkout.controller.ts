import { paymentsApi } from '@hemline/contracts';
import { Documented, DomainError } from '@hemline/http';
import { containsCardNumber } from '@hemline/telemetry';
import { Body, Controller, Headers, HttpCode, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CONFIG, type Config } from '../config.ts';
import { OrderTokens } from '../orders/order-token.ts';
import { toWireLine } from './answers.ts';
import { Baskets, type Priced } from './baskets.ts';
import { Checkout } from './checkout.service.ts';
import { parseIdempotencyKey, toFingerprint, toScope } from './idempotency.ts';

const route = 'POST /orders';

@Controller('orders')
export class CheckoutController {
  constructor(
    private readonly checkout: Checkout,
    private readonly baskets: Baskets,
    private readonly tokens: OrderTokens,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @Documented({
    summary: 'Pays for this version of this cart, at most once',
    headers: {
      'Idempotency-Key': {
        description: 'Names this request; the same key again gets the same answer',
        required: true,
      },
    },
    responses: {
      200: paymentsApi.orderPlaced,
      201: paymentsApi.orderPlaced,
      202: paymentsApi.orderPlaced,
    },
    problems: [
      'idempotency.key_required',
      'idempotency.key_invalid',
      'idempotency.mismatch',
      'idempotency.in_progress',
      'quotes.invalid',
      'quotes.expired',
      'stock.insufficient',
      'orders.total_changed',
      'orders.mixed_currencies',
      'orders.nothing_to_pay',
      'orders.in_progress',
      'orders.cart_already_ordered',
      'orders.cancelled',
      'payments.card_number',
      'payments.declined',
      'payments.too_many_attempts',
      'payments.provider_unavailable',
    ],
  })
  async place(
    @Body({ schema: paymentsApi.placeOrder }) body: paymentsApi.PlaceOrder,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Headers('authorization') authorization: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = parseIdempotencyKey(keyHeader);
    refuseCardNumbers(body);
    const { answer, isReplayed } = await this.checkout.place(body, {
      scope: toScope(route, authorization),
      key,
      fingerprint: toFingerprint(route, body),
      lockToken: crypto.randomUUID(),
      leaseMs: this.config.KEY_LEASE_MS,
    });
    if (isReplayed) void reply.header('Idempotent-Replayed', 'true');
    const { status, type, orderId } = answer;
    const text = orderId === null ? answer.body : this.tokens.fill(answer.body, orderId);
    await reply.status(status).header('Cache-Control', 'no-store').type(type).send(text);
  }

  @Post('preview')
  @HttpCode(200)
  @Documented({
    summary: 'Tells what the lines would cost together, and does nothing',
    responses: { 200: paymentsApi.preview },
    problems: ['quotes.invalid', 'quotes.expired', 'orders.mixed_currencies'],
  })
  async preview(
    @Body({ schema: paymentsApi.previewRequest }) body: paymentsApi.PreviewRequest,
  ): Promise<paymentsApi.Preview> {
    return toPreview(await this.baskets.price(body.lines, new Date()));
  }
}

const toPreview = ({ lines, currency, ...totals }: Priced): paymentsApi.Preview => {
  const money = (amount: bigint) => ({ amount: amount.toString(), currency });
  return {
    lines: lines.map((line) => toWireLine(line, currency)),
    subtotal: money(totals.subtotal),
    delivery: money(totals.delivery),
    tax: money(totals.tax),
    total: money(totals.total),
  };
};

/** Card data is the provider's alone. What looks like a card number is refused wherever people type. */
const refuseCardNumbers = ({
  email,
  paymentMethod,
  shippingAddress,
}: paymentsApi.PlaceOrder): void => {
  const typed = { email, paymentMethod, ...prefixed('shippingAddress', shippingAddress) };
  const errors = Object.entries(typed)
    .filter(([, text]) => text !== undefined && containsCardNumber(text.replaceAll('_', ' ')))
    .map(([field]) => ({ pointer: `#/${field}`, detail: 'looks like a card number' }));
  if (errors.length > 0) throw new DomainError('payments.card_number', { errors });
};

const prefixed = (
  prefix: string,
  members: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(members).map(([name, text]) => [`${prefix}/${name}`, text]));
