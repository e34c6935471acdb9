import type { Staff } from '@hemline/auth';
import type { paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Outbox } from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { Driver } from '../driver/driver.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import { type Refund, leftToRefund } from '../refunds/refund.ts';
import * as store from '../refunds/refunds.store.ts';
import { requestedEvents, toAction, toError, toWire } from './refund-answers.ts';
import { type Stated, lockState } from './refund-state.ts';

type Decided = { readonly id: string; readonly decision: 'requested' | 'rejected' };

/** The two-person rule: what is too large for one is sent only when another has looked at it. */
@Injectable()
export class Approvals {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly driver: Driver,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
  ) {}

  /** A second person confirms or rejects. Whoever asked for it may only take it back. */
  async decide(
    orderId: string,
    { id, decision }: Decided,
    staff: Staff,
  ): Promise<paymentsApi.Refund> {
    this.pass('t8.before');
    const decided = await this.database.transaction(
      async (tx) => {
        const state = await lockState(tx, orderId);
        const refund = state.refunds.find((each) => each.id === id);
        if (!refund) throw new DomainError('refunds.not_found');
        if (!mayDecide(state, refund, { decision, subject: staff.subject })) {
          return toWire(refund, state.order.currency);
        }
        await this.settle(tx, state, { refund, decision, staff });
        return toWire({ ...refund, status: decision }, state.order.currency);
      },
      { onUnknownCommit: 'repeat' },
    );
    this.driver.wake();
    return decided;
  }

  private async settle(
    tx: Transaction,
    { order, refunds }: Stated,
    {
      refund,
      decision,
      staff,
    }: { readonly refund: Refund; readonly decision: Decided['decision']; readonly staff: Staff },
  ): Promise<void> {
    await store.settleApproval(tx, {
      orderId: order.id,
      refundId: refund.id,
      status: decision,
      decidedBy: staff.subject,
      action: toAction(
        order,
        refund,
        staff,
        decision === 'requested' ? 'refund_approved' : 'refund_rejected',
      ),
      events: decision === 'requested' ? requestedEvents(order, refunds, refund) : '[]',
    });
    tx.afterCommit(() => {
      this.pass('t8.after');
      this.outbox.wake();
    });
  }
}

/** False if it was decided like that before, and nothing is left to do. */
const mayDecide = (
  state: Stated,
  refund: Refund,
  { decision, subject }: { readonly decision: Decided['decision']; readonly subject: string },
): boolean => {
  if (refund.status !== 'awaiting_approval') {
    const isRejected = refund.status === 'rejected';
    const isSame = refund.decidedBy !== null && isRejected === (decision === 'rejected');
    if (isSame) return false;
    throw new DomainError('refunds.not_awaiting_approval', { detail: `it is ${refund.status}` });
  }
  if (decision === 'rejected') return true;
  if (refund.requestedBy === subject) {
    throw new DomainError('refunds.same_person', { detail: 'you asked for it yourself' });
  }
  // Its own amount is reserved; a dispute may have taken it since.
  const rest = { ...state, refunds: state.refunds.filter(({ id }) => id !== refund.id) };
  const left = leftToRefund(rest);
  if (refund.amount > left) {
    throw toError({ code: 'refunds.exceeds_captured', amount: refund.amount, left });
  }
  return true;
};
