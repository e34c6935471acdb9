import { setTimeout as sleep } from 'node:timers/promises';
import type { paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { OrderTokens } from '../orders/order-token.ts';
import * as orders from '../orders/orders.store.ts';
import { shortageAnswer } from './answers.ts';
import { Baskets, type Priced } from './baskets.ts';
import * as store from './checkout.store.ts';
import { Placing, type Wish, refuseOtherTotal } from './placing.ts';
import * as keys from './idempotency-keys.store.ts';
import type { Answer, KeyClaim } from './idempotency.ts';
import { Payer } from './payer.ts';

export type Placed = { readonly answer: Answer; readonly isReplayed: boolean };

type Step = Placed | { readonly busy: DomainError };

/** How long a second request for the same thing waits for the first one's answer. */
const patienceMs = 2000;
const pollMs = 40;

/**
 * "Pay for this version of this cart", at most once. While the shopper waits there are two commits and
 * one call to the provider: T1 with T3 (`checkout.store`), then X2 and T4 (`payer`). Whatever cuts
 * this off, the driver ends it.
 */
@Injectable()
export class Checkout {
  constructor(
    private readonly database: Database,
    private readonly baskets: Baskets,
    private readonly placing: Placing,
    private readonly payer: Payer,
    private readonly tokens: OrderTokens,
  ) {}

  async place(request: paymentsApi.PlaceOrder, claim: KeyClaim): Promise<Placed> {
    const order = await this.prepare(request, claim);
    if ('answer' in order) return order;
    const wish = { ...request, orderId: order.id, lines: order.lines };
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const step = await this.tryPlace(claim, order, wish);
      if ('answer' in step) return step;
      if (Date.now() >= deadline) {
        await keys.release(this.database, claim);
        throw step.busy;
      }
      await sleep(pollMs);
    }
  }

  /** A stored answer outlives the quotes that it was given for, so it is looked for before refusing. */
  private async prepare(
    request: paymentsApi.PlaceOrder,
    claim: KeyClaim,
  ): Promise<store.NewOrder | Placed> {
    let priced: Priced;
    try {
      priced = await this.baskets.price(request.lines, new Date());
      if (priced.total === 0n) throw new DomainError('orders.nothing_to_pay');
      this.payer.refuseIfUnavailable();
    } catch (refusal) {
      const stored = await keys.find(this.database, claim);
      if (stored?.answer && stored.fingerprint.equals(claim.fingerprint)) {
        return { answer: stored.answer, isReplayed: true };
      }
      throw refusal;
    }
    const id = crypto.randomUUID();
    const { cart, email, shippingAddress, paymentMethod } = request;
    const tokenHash = this.tokens.hashOf(id);
    const returnUrl = this.tokens.returnUrl(request.returnUrl, id);
    return { ...priced, id, tokenHash, cart, email, shippingAddress, paymentMethod, returnUrl };
  }

  private async tryPlace(claim: KeyClaim, order: store.NewOrder, wish: Wish): Promise<Step> {
    const isAsShown =
      wish.expectedTotal.currency === order.currency &&
      wish.expectedTotal.amount === order.total.toString();
    if (!isAsShown) return this.tryOtherTotal(claim, order, wish);
    const placed = await this.placing.place(claim, order);
    if (!placed.isClaimed) return this.follow(claim);
    if (!placed.isPlaced) return this.resume(claim, wish, placed.shortages);
    const attempt = { ...order, attempt: 1, sentIntentId: null };
    return { answer: await this.payer.pay(claim, attempt, order.lines), isReplayed: false };
  }

  /** Prices changed since the order was placed and declined: the total that was shown then holds. */
  private async tryOtherTotal(claim: KeyClaim, order: store.NewOrder, wish: Wish): Promise<Step> {
    if (!(await keys.claim(this.database, claim))) return this.follow(claim);
    const resumed = await this.placing.resume(claim, wish);
    if (resumed.kind !== 'none') return this.carryOn(claim, resumed);
    await keys.release(this.database, claim);
    refuseOtherTotal(order, wish.expectedTotal);
    return { busy: inProgress() };
  }

  private async resume(
    claim: KeyClaim,
    wish: Wish,
    shortages: readonly paymentsApi.Shortage[],
  ): Promise<Step> {
    const resumed = await this.placing.resume(claim, wish);
    if (resumed.kind !== 'none') return this.carryOn(claim, resumed);
    // It was there when we placed ours, and has been cancelled since.
    if (shortages.length === 0) return { busy: inProgress() };
    const answer = shortageAnswer(shortages);
    await keys.answer(this.database, claim, answer);
    return { answer, isReplayed: false };
  }

  private async carryOn(
    claim: KeyClaim,
    resumed: Exclude<Awaited<ReturnType<Placing['resume']>>, { kind: 'none' }>,
  ): Promise<Step> {
    if (resumed.kind === 'answer') return { answer: resumed.answer, isReplayed: false };
    if (resumed.kind === 'busy') {
      return { busy: new DomainError('orders.in_progress', { retryAfter: 1 }) };
    }
    const answer = await this.payer.pay(claim, resumed.order, resumed.lines);
    return { answer, isReplayed: false };
  }

  /** Somebody had this key first: the same request some time ago, or at this moment, or another one. */
  private async follow(claim: KeyClaim): Promise<Step> {
    const stored = await keys.find(this.database, claim);
    if (!stored) return { busy: inProgress() };
    if (!stored.fingerprint.equals(claim.fingerprint)) {
      throw new DomainError('idempotency.mismatch', {
        detail: 'use a new key for a request that is not the same',
      });
    }
    if (stored.answer) return { answer: stored.answer, isReplayed: true };
    if (!stored.isAbandoned) return { busy: inProgress() };
    if (!(await keys.takeOver(this.database, claim, stored.lockToken))) {
      return { busy: inProgress() };
    }
    const order = stored.orderId ? await orders.find(this.database, stored.orderId) : undefined;
    if (!order || stored.attempt === null) return { busy: inProgress() };
    const answer = await this.payer.answerLate(claim, order, stored.attempt);
    return { answer, isReplayed: false };
  }
}

const inProgress = (): DomainError =>
  new DomainError('idempotency.in_progress', {
    detail: 'the first request with this key has no answer yet',
    retryAfter: 1,
  });
