import { randomBytes } from 'node:crypto';
import type { Problem, cartApi, paymentsApi } from '@hemline/contracts';
import { ServiceUnavailable } from '@hemline/http';
import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { money } from '../../goods/price.tsx';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender, seeOther } from '../../rendering/page-sender.ts';
import { Cookies } from '../../security/cookies.ts';
import {
  type Carried,
  type FieldError,
  type Typed,
  type Values,
  readSubmission,
} from './checkout-form.ts';
import { CheckoutLoader, type LoadedCheckout } from './checkout.loader.ts';
import {
  awayMessage,
  declinedMessage,
  fieldErrorsOf,
  otherMessage,
  priceMessage,
  shortageMessage,
  shortagesOf,
  startedAfreshMessage,
  stockMessage,
  totalMessage,
  unpaidMessage,
} from './checkout-messages.ts';
import { type CheckoutLine, type CheckoutMessage, CheckoutPage } from './checkout.page.tsx';
import { type PaymentOutcome, PaymentService } from './payment.service.ts';
import { toQuotedLines } from './quoted-lines.ts';
import { WaitingPage } from './waiting.page.tsx';

/** What is shown again after a form that did not become an order. */
type Again = {
  readonly status: number;
  readonly carried: Carried;
  readonly values: Values;
  readonly errors?: readonly FieldError[];
  readonly messages?: readonly CheckoutMessage[];
  readonly shortages?: readonly paymentsApi.Shortage[];
  /** The same press of the button may be repeated; after a refusal it is another attempt. */
  readonly key: string;
  readonly renewAll?: boolean;
};

const newKey = (): string => randomBytes(16).toString('base64url');
const askAgainSeconds = 3;

@Controller('checkout')
export class CheckoutController {
  constructor(
    private readonly loader: CheckoutLoader,
    private readonly payments: PaymentService,
    private readonly cookies: Cookies,
    private readonly front: ShopFront,
    private readonly sender: PageSender,
  ) {}

  @Get()
  async checkout(
    @Query() { afresh, unpaid }: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bag = this.cookies.bag(request);
    const renewAll = afresh !== undefined;
    const loaded = bag && (await this.loader.load(bag, { renewAll }));
    if (!loaded) return seeOther(reply, '/cart');
    const { cart, totals, priceChanges } = loaded;
    const page = CheckoutPage({
      shop: this.front.shop,
      cart,
      lines: cart.lines.map(toLine),
      totals,
      values: {},
      errors: [],
      messages: [
        ...(unpaid === undefined ? [] : [unpaidMessage]),
        ...priceMessage(priceChanges),
        ...stockMessage(cart.lines),
      ],
      idempotencyKey: newKey(),
    });
    this.sender.send(request, reply, page, { status: totals ? 200 : 503 });
  }

  @Post()
  @HttpCode(303)
  async pay(
    @Body() body: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { carried, values, answer } = readSubmission(body);
    if (!carried) return seeOther(reply, '/checkout');
    const { key } = carried;
    if (answer.kind === 'faulty') {
      const again = { status: 422, carried, values, errors: answer.errors, key };
      return this.showAgain(request, reply, again);
    }
    const order = {
      ...toOrder(carried, answer.typed),
      // Where a bank that wants to ask her sends her back to.
      returnUrl: `${this.front.shop.publicUrl}/orders`,
    };
    const session = this.cookies.session(request) ?? '';
    let outcome = await this.payments.pay({ key, order, session });
    if (outcome.kind === 'refused' && outcome.problem.code === 'idempotency.mismatch') {
      // She went back and changed what she typed. Payments knows the bag's version, so another key
      // still cannot make another order of it.
      outcome = await this.payments.pay({ key: newKey(), order, session });
    }
    if (outcome.kind === 'unknown') return seeOther(reply, `/checkout/waiting?key=${key}`);
    await this.conclude(request, reply, { outcome, carried, values });
  }

  @Get('waiting')
  async waiting(
    @Query('key') key: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const session = this.cookies.session(request);
    const asked = typeof key === 'string' ? this.payments.findAsked(key, session) : undefined;
    // Forgotten in a restart: checkout knows her bag, and the same bag is never charged twice.
    if (!asked) return seeOther(reply, '/checkout');
    const outcome = await this.payments.pay(asked);
    if (outcome.kind === 'ok') return this.goToOrder(reply, outcome.value);
    if (outcome.kind === 'refused') return seeOther(reply, '/checkout?unpaid');
    const page = WaitingPage({ shop: this.front.shop, refreshSeconds: askAgainSeconds });
    this.sender.send(request, reply, page, { isSecret: true });
  }

  private async conclude(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      outcome,
      carried,
      values,
    }: {
      readonly outcome: Exclude<PaymentOutcome, { kind: 'unknown' }>;
      readonly carried: Carried;
      readonly values: Values;
    },
  ): Promise<void> {
    if (outcome.kind === 'ok') return this.goToOrder(reply, outcome.value);
    if (outcome.kind === 'away') {
      const again = { status: 503, carried, values, messages: [awayMessage], key: carried.key };
      return this.showAgain(request, reply, again);
    }
    const refused = toRefusal(outcome.problem, carried);
    const { status } = outcome.problem;
    await this.showAgain(request, reply, { status, carried, values, key: newKey(), ...refused });
  }

  private goToOrder(reply: FastifyReply, { id, token }: paymentsApi.OrderPlaced): void {
    seeOther(reply, `/orders/${id}?${new URLSearchParams({ token })}`);
  }

  private async showAgain(
    request: FastifyRequest,
    reply: FastifyReply,
    again: Again,
  ): Promise<void> {
    const { carried, messages = [], errors = [], shortages = [], values, key, status } = again;
    const loaded = await this.loadAgain(request, again);
    // With her bag away, the form itself still knows what she was about to pay.
    const lines = loaded ? loaded.cart.lines.map(toLine) : toQuotedLines(carried);
    const carriedTotals = { total: { amount: carried.total, currency: carried.currency } };
    const page = CheckoutPage({
      shop: this.front.shop,
      cart: loaded?.cart ?? { id: carried.cart, version: carried.version },
      lines,
      totals: loaded?.totals ?? carriedTotals,
      values,
      errors,
      messages: [
        ...(shortages.length > 0 ? [shortageMessage(shortages, lines)] : []),
        ...messages,
        ...priceMessage(loaded?.priceChanges ?? []),
      ],
      shortages,
      idempotencyKey: key,
    });
    this.sender.send(request, reply, page, { status });
  }

  private async loadAgain(
    request: FastifyRequest,
    { renewAll = false }: Again,
  ): Promise<LoadedCheckout | undefined> {
    const bag = this.cookies.bag(request);
    try {
      return bag && (await this.loader.load(bag, { renewAll }));
    } catch (error) {
      if (error instanceof ServiceUnavailable) return undefined;
      throw error;
    }
  }
}

const toRefusal = (
  problem: Problem,
  carried: Carried,
): Pick<Again, 'errors' | 'messages' | 'shortages' | 'renewAll'> => {
  switch (problem.code) {
    case 'payments.declined':
      return { messages: [declinedMessage(problem)] };
    case 'stock.insufficient': {
      const shortages = shortagesOf(problem);
      return shortages.length > 0 ? { shortages } : { messages: [shortageMessage([], [])] };
    }
    case 'orders.total_changed': {
      const seen = money({ amount: carried.total, currency: carried.currency });
      return { messages: [totalMessage(problem, seen)] };
    }
    case 'quotes.expired':
    case 'quotes.invalid':
      return {
        renewAll: true,
        messages: [
          {
            kind: 'changed',
            title: 'Your prices were too old',
            points: [
              'We have asked for them anew. Nothing was charged: please look, and pay again.',
            ],
          },
        ],
      };
    case 'orders.cancelled':
    case 'orders.cart_already_ordered':
    case 'payments.too_many_attempts':
      return { renewAll: true, messages: [startedAfreshMessage] };
    default: {
      const errors = fieldErrorsOf(problem);
      return errors.length > 0 ? { errors } : { messages: [otherMessage(problem)] };
    }
  }
};

const toLine = (line: cartApi.CartLine): CheckoutLine => line;

const toOrder = (carried: Carried, typed: Typed): paymentsApi.PlaceOrder => {
  const { email, paymentMethod, line2, region, ...address } = typed;
  return {
    cart: { id: carried.cart, version: carried.version },
    lines: carried.quote.map((quote, i) => ({ quote, quantity: Number(carried.quantity[i]) })),
    email,
    shippingAddress: {
      ...address,
      ...(line2 !== undefined && { line2 }),
      ...(region !== undefined && { region }),
    },
    paymentMethod,
    expectedTotal: { amount: carried.total, currency: carried.currency },
  };
};
