import type { Staff } from '@hemline/auth';
import type { paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Outbox } from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import * as keys from '../checkout/idempotency-keys.store.ts';
import { toAnswerJson } from '../checkout/idempotency-keys.store.ts';
import type { Answer, KeyClaim } from '../checkout/idempotency.ts';
import { CONFIG, type Config } from '../config.ts';
import { Driver } from '../driver/driver.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import * as orders from '../orders/orders.store.ts';
import { type Plan, needsSecondPerson, planRefund } from '../refunds/refund.ts';
import * as store from '../refunds/refunds.store.ts';
import { requestedEvents, toAction, toAnswer, toError, toList, toWish } from './refund-answers.ts';
import { type Stated, lockState, readState } from './refund-state.ts';

export type Requested = { readonly answer: Answer; readonly isReplayed: boolean };

/** T8: what staff give back, on record before it is sent. The driver sends it, and sees it through. */
@Injectable()
export class Refunds {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly driver: Driver,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
  ) {}

  /**
   * The key is claimed and answered in the one commit that does it, so it is never seen half-way: what
   * is refused, or cut off, leaves no key behind.
   */
  async request(
    orderId: string,
    request: paymentsApi.RequestRefund,
    { staff, claim }: { readonly staff: Staff; readonly claim: KeyClaim },
  ): Promise<Requested> {
    this.pass('t8.before');
    const requested = await this.database.transaction(
      async (tx): Promise<Requested> => {
        if (!(await keys.claim(tx, claim))) return this.replay(tx, claim);
        const earlier = await this.remember(tx, staff, claim);
        if (earlier) return earlier;
        const state = await lockState(tx, orderId);
        const plan = planRefund(state, toWish(request));
        if ('code' in plan) throw toError(plan);
        return {
          answer: await this.record(tx, state, { plan, request, staff, claim }),
          isReplayed: false,
        };
      },
      { onUnknownCommit: 'repeat' },
    );
    if (!requested.isReplayed) this.driver.wake();
    return requested;
  }

  async list(orderId: string): Promise<paymentsApi.RefundList> {
    const order = await orders.find(this.database, orderId);
    if (!order) throw new DomainError('orders.not_found');
    return toList(await readState(this.database, order));
  }

  private async replay(tx: Transaction, claim: KeyClaim): Promise<Requested> {
    const stored = await keys.find(tx, claim);
    if (stored && !stored.fingerprint.equals(claim.fingerprint)) {
      throw new DomainError('idempotency.mismatch');
    }
    if (!stored?.answer) throw new DomainError('idempotency.in_progress', { retryAfter: 1 });
    return { answer: stored.answer, isReplayed: true };
  }

  /** The answer was forgotten, the refund was not: it is told as it stands now. */
  private async remember(
    tx: Transaction,
    { subject: requestedBy }: Staff,
    claim: KeyClaim,
  ): Promise<Requested | undefined> {
    const asked = await store.findAsked(tx, { requestedBy, key: claim.key });
    if (!asked) return undefined;
    if (!asked.fingerprint.equals(claim.fingerprint)) throw new DomainError('idempotency.mismatch');
    const answer = toAnswer(asked, asked);
    if (!(await keys.answer(tx, claim, answer))) {
      throw new DomainError('idempotency.in_progress', { retryAfter: 1 });
    }
    return { answer, isReplayed: true };
  }

  private async record(
    tx: Transaction,
    { order, refunds }: Stated,
    wanted: {
      readonly plan: Plan;
      readonly request: paymentsApi.RequestRefund;
      readonly staff: Staff;
      readonly claim: KeyClaim;
    },
  ): Promise<Answer> {
    const { plan, request, staff, claim } = wanted;
    const { REFUND_APPROVAL_FROM_MINOR: threshold } = this.config;
    const isLarge = needsSecondPerson(refunds, plan.amount, threshold);
    const refund: store.NewRefund = {
      ...plan,
      id: crypto.randomUUID(),
      orderId: order.id,
      currency: order.currency,
      status: isLarge ? 'awaiting_approval' : 'requested',
      restock: request.restock ?? false,
      reason: request.reason,
      requestedBy: staff.subject,
      asked: { key: claim.key, fingerprint: claim.fingerprint },
    };
    const answer = toAnswer(refund, refund);
    const isStored = await store.request(tx, refund, {
      action: toAction(order, refund, staff, `refund_${refund.status}`),
      events: isLarge ? '[]' : requestedEvents(order, refunds, refund),
      answer: toAnswerJson({ claim, answer }),
    });
    if (!isStored) throw new DomainError('idempotency.in_progress', { retryAfter: 1 });
    this.afterCommit(tx);
    return answer;
  }

  private afterCommit(tx: Transaction): void {
    tx.afterCommit(() => {
      this.pass('t8.after');
      this.outbox.wake();
    });
  }
}
