import { Database } from '@hemline/postgres';
import { DomainError } from '@hemline/http';
import { Inject, Injectable } from '@nestjs/common';
import { Driver } from '../driver/driver.ts';
import { PAYMENT_GATEWAY, type PaymentGateway, toKnowledge } from '../gateway/payment-gateway.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import type { OrderLine } from '../orders/order.ts';
import * as orders from '../orders/orders.store.ts';
import { ApplyPspState } from '../payments/apply-psp-state.ts';
import type { Waiting } from '../payments/outcome.ts';
import type { Knowledge } from '../payments/payment.ts';
import { answerFor, problemAnswer } from './answers.ts';
import * as keys from './idempotency-keys.store.ts';
import type { Answer, KeyClaim } from './idempotency.ts';

/** An attempt that is on record, and may be sent. */
export type RecordedAttempt = {
  readonly id: string;
  readonly attempt: number;
  /** The intent that it confirms, or null if it makes one. */
  readonly sentIntentId: string | null;
  readonly total: bigint;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly returnUrl: string | null;
};

/** X2 and T4 while the shopper waits: one call to the provider, one commit, her answer in it. */
@Injectable()
export class Payer {
  constructor(
    private readonly database: Database,
    private readonly applyPspState: ApplyPspState,
    private readonly driver: Driver,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
  ) {}

  /** Nothing is begun that cannot be paid for: the shopper hears of it before her order exists. */
  refuseIfUnavailable(): void {
    if (this.gateway.isAvailable()) return;
    throw new DomainError('payments.provider_unavailable', {
      detail: 'the payment provider is not answering; nothing was ordered or charged',
      retryAfter: 2,
    });
  }

  async pay(claim: KeyClaim, order: RecordedAttempt, lines: readonly OrderLine[]): Promise<Answer> {
    const { id: orderId, attempt, currency, paymentMethod, returnUrl } = order;
    const result = await this.gateway.authorise({
      orderId,
      attempt,
      intentId: order.sentIntentId,
      amount: order.total,
      currency,
      paymentMethod,
      returnUrl,
    });
    this.pass('x2.after');
    return this.tell(claim, orderId, toKnowledge(result, attempt), lines);
  }

  /** For one who comes back for the answer to an attempt that was, or may have been, decided. */
  async answerLate(claim: KeyClaim, order: orders.Order, attempt: number): Promise<Answer> {
    const lines = await orders.listLines(this.database, order.id);
    if (order.status === 'confirming' && order.attempt === attempt) {
      if (order.attemptStatus === 'sending') return this.pay(claim, order, lines);
    }
    const own = await orders.findAttempt(this.database, { orderId: order.id, attempt });
    if (own?.status === 'declined') {
      const declineCode = own.declineCode ?? 'card_declined';
      const answer = problemAnswer('payments.declined', order.id, {
        orderId: order.id,
        declineCode,
      });
      return this.settle(claim, answer, await keys.answer(this.database, claim, answer));
    }
    return this.tell(claim, order.id, { kind: 'nothing' }, lines);
  }

  private async tell(
    claim: KeyClaim,
    orderId: string,
    knowledge: Knowledge,
    lines: readonly OrderLine[],
  ): Promise<Answer> {
    const waiting: Waiting = { claim, answer: (order) => answerFor(order, lines) };
    const applied = await this.applyPspState.apply(this.database, orderId, knowledge, waiting);
    if (!applied?.answer) throw new Error(`order ${orderId} is gone`);
    this.driver.follow(applied);
    return this.settle(claim, applied.answer, applied.isAnswerStored);
  }

  /** Whoever took the key over in the meantime has the say. */
  private async settle(claim: KeyClaim, answer: Answer, isStored: boolean): Promise<Answer> {
    if (isStored) return answer;
    const stored = await keys.find(this.database, claim);
    if (stored?.answer) return stored.answer;
    throw new DomainError('idempotency.in_progress', { retryAfter: 1 });
  }
}
