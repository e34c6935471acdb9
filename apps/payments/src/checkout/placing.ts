import type { paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Outbox } from '@hemline/messaging';
import { Database, type Transaction, repeatable } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import type { OrderLine } from '../orders/order.ts';
import { OrderTokens } from '../orders/order-token.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import { resumeMeans } from '../payments/payment.ts';
import { answerFor, existingAnswer } from './answers.ts';
import type { PricedLine } from './totals.ts';
import * as store from './checkout.store.ts';
import * as keys from './idempotency-keys.store.ts';
import type { Answer, KeyClaim } from './idempotency.ts';

/** The order that this version of a cart has already, seen by one who holds another key. */
export type Resumed =
  | { readonly kind: 'none' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'pay'; readonly order: Order; readonly lines: readonly OrderLine[] }
  /** Another request is paying for it right now. */
  | { readonly kind: 'busy' };

export type Wish = Pick<
  paymentsApi.PlaceOrder,
  'cart' | 'email' | 'shippingAddress' | 'paymentMethod' | 'expectedTotal' | 'returnUrl'
> & {
  /** What the order is called if it was placed by this very request. */
  readonly orderId: string;
  readonly lines: readonly PricedLine[];
};

const maxAttempts = 10;

/**
 * Puts an order on record before anything is sent for it. One version of a cart is one order, whatever keys are used: paid for, it is the answer; declined, it
 * gets another attempt with the new card, on the same intent.
 */
@Injectable()
export class Placing {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly tokens: OrderTokens,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
  ) {}

  /** T1, which is one statement; see `checkout.store`. */
  async place(claim: KeyClaim, order: store.NewOrder): Promise<store.Placed> {
    this.pass('t1.before');
    const placed = await repeatable(() =>
      store.place(this.database, claim, order, limitsOf(this.config)),
    );
    if (placed.isPlaced) {
      this.pass('t1.after');
      this.outbox.wake();
    }
    return placed;
  }

  async resume(claim: KeyClaim, wish: Wish): Promise<Resumed> {
    try {
      return await this.database.transaction((tx) => this.resumeIn(tx, claim, wish), {
        onUnknownCommit: 'repeat',
      });
    } catch (error) {
      if (error instanceof DomainError) await keys.release(this.database, claim);
      throw error;
    }
  }

  private async resumeIn(tx: Transaction, claim: KeyClaim, wish: Wish): Promise<Resumed> {
    const id = await store.lockByCart(tx, wish.cart);
    const order = id === undefined ? undefined : await orders.lock(tx, id);
    if (!order) return { kind: 'none' };
    const lines = await orders.listLines(tx, order.id);
    // Our own: its commit had been in doubt, and has been made.
    if (order.id === wish.orderId) return { kind: 'pay', order, lines };
    await refuseOthers(tx, order, lines, wish);
    const meaning = resumeMeans(order.status, order.attemptStatus);
    switch (meaning) {
      case 'pay_again':
        return this.payAgain(tx, claim, wish, order, lines);
      case 'busy':
        return { kind: 'busy' };
      case 'undecided':
        return this.keep(tx, claim, answerFor(order, lines));
      case 'exists':
        return this.keep(tx, claim, existingAnswer(order, lines));
    }
    return meaning satisfies never;
  }

  private async keep(tx: Transaction, claim: KeyClaim, answer: Answer): Promise<Resumed> {
    if (!(await keys.answer(tx, claim, answer))) throw keyLost();
    return { kind: 'answer', answer };
  }

  private async payAgain(
    tx: Transaction,
    claim: KeyClaim,
    wish: Wish,
    order: Order,
    lines: readonly OrderLine[],
  ): Promise<Resumed> {
    const attempt = order.attempt + 1;
    refuseOtherTotal(order, wish.expectedTotal);
    if (attempt > maxAttempts) throw new DomainError('payments.too_many_attempts');
    this.pass('t3.before');
    const { paymentMethod, email, shippingAddress } = wish;
    const returnUrl = this.tokens.returnUrl(wish.returnUrl, order.id);
    const next = { orderId: order.id, attempt, paymentMethod, returnUrl, email, shippingAddress };
    await store.beginAttempt(tx, next, limitsOf(this.config));
    if (!(await keys.bind(tx, claim, { orderId: order.id, attempt }))) throw keyLost();
    tx.afterCommit(() => this.pass('t3.after'));
    return {
      kind: 'pay',
      order: { ...order, attempt, paymentMethod, returnUrl, sentIntentId: order.intentId },
      lines,
    };
  }
}

const limitsOf = (config: Config): store.Limits => ({
  holdMs: config.HOLD_MS,
  pspTimeoutMs: config.PSP_TIMEOUT_MS,
});

const keyLost = (): DomainError => new DomainError('idempotency.in_progress', { retryAfter: 1 });

/** A cart's id is no proof of being its owner: the same goods for the same address of e-mail are. */
const refuseOthers = async (
  tx: Transaction,
  order: Order,
  lines: readonly OrderLine[],
  wish: Wish,
): Promise<void> => {
  const isDeclined = order.status === 'ready';
  const email = await orders.findEmail(tx, order.id);
  const isSameOwner = isDeclined || email?.toLowerCase() === wish.email.toLowerCase();
  if (isSameOwner && describe(lines) === describe(wish.lines)) return;
  throw new DomainError('orders.cart_already_ordered', {
    detail: 'with other lines or by someone else; change the cart to order again',
  });
};

const describe = (lines: readonly Pick<PricedLine, 'sku' | 'quantity'>[]): string =>
  lines
    .map(({ sku, quantity }) => `${quantity} × ${sku}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('\n');

export const refuseOtherTotal = (
  { total, currency }: { readonly total: bigint; readonly currency: string },
  expected: paymentsApi.PlaceOrder['expectedTotal'],
): void => {
  if (expected.currency === currency && expected.amount === total.toString()) return;
  throw new DomainError('orders.total_changed', {
    detail: `the total is ${total} ${currency} (minor units), not ${expected.amount} ${expected.currency}`,
    total: { amount: total.toString(), currency },
    expectedTotal: expected,
  });
};
