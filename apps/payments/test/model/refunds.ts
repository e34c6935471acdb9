import type { DisputeStatus } from '../../src/transitions.ts';
import type { RefundSnapshot } from '../../src/refunds/refund-outcome.ts';
import type { Refund as ProductionRefund } from '../../src/refunds/refund.ts';
import type { Bounds, Calm, Emit } from './moves.ts';
import { Refused, type Step, newRefund } from './ours.ts';
import { type Protocol, toOrder } from './protocol.ts';
import {
  type OrderState,
  type PspRefund,
  type Refund,
  bit,
  disputeStatuses,
  pspRefundStatuses,
  replaced,
  total,
} from './state.ts';

const toProduction = (refund: Refund, index: number): ProductionRefund => ({
  id: `refund ${index + 1}`,
  amount: BigInt(refund.amount),
  status: refund.status,
  parts: { sales: BigInt(refund.amount), delivery: 0n, tax: 0n },
  lines: null,
  includesDelivery: false,
  restock: refund.restock,
  reason: '',
  requestedBy: '',
  requestedAt: new Date(0),
  decidedBy: null,
  pspRefundId: refund.pspRefund === 0 ? null : pspIdOf(index, refund.pspRefund),
  failure: null,
});

const pspIdOf = (index: number, number: number): string => `re ${index + 1}.${number}`;

const withRefund = (s: OrderState, index: number, change: Partial<Refund>): OrderState => ({
  ...s,
  refunds: replaced(s.refunds, index, change),
});

const withMade = (
  s: OrderState,
  index: number,
  number: number,
  change: Partial<PspRefund>,
): OrderState => {
  const made = s.refunds[index]?.made ?? [];
  return withRefund(s, index, { made: replaced(made, number - 1, change) });
};

/** What has left the provider's account for refunds. */
const outOf = (s: OrderState): number =>
  s.refunds.reduce((sum, { amount, made }) => {
    const alive = made.filter(({ status }) => status === 'pending' || status === 'succeeded');
    return sum + amount * alive.length;
  }, 0);

const takenBy = (status: DisputeStatus | 'none', amount: number): number =>
  status === 'open' || status === 'lost' ? amount : 0;

/** What can happen to money that was captured. */
export const refundMoves = (p: Protocol, bounds: Bounds, s: OrderState, emit: Emit): void => {
  requestMoves(p, bounds, s, emit);
  if (s.refunds.some(({ status }) => status === 'requested')) {
    emit(markSent(s), () => 'X5 what was requested is marked sent, and goes out', 3);
  }
  s.refunds.forEach((refund, index) => {
    const at = { refund, index };
    approvalMoves(p, s, emit, at);
    sendMoves(p, s, emit, at);
    pspMoves(p, s, emit, at);
    hearMoves(p, s, emit, at);
  });
  if (bounds.hasDisputes || s.dispute.psp !== 'none') disputeMoves(p, s, emit);
};

type At = { readonly refund: Refund; readonly index: number };

/** T8 by staff: partly or all of it. */
const requestMoves = (p: Protocol, bounds: Bounds, s: OrderState, emit: Emit): void => {
  if (s.refunds.length >= bounds.refunds) return;
  const left = p.leftToRefund({
    order: toOrder(s),
    lines: [],
    refunds: p.countsRefunds ? s.refunds.map(toProduction) : [],
    disputed: BigInt(takenBy(s.dispute.ours, s.dispute.amount)),
  });
  for (let amount = 1; amount <= total; amount += 1) {
    if (BigInt(amount) > left) break;
    const [first, ...others] = newRefund.made;
    const early =
      !p.postsRefundsWhenAccepted && first ? [{ ...first, posted: 1 }, ...others] : newRefund.made;
    const refund: Refund = { ...newRefund, amount, restock: amount === total, made: early };
    emit(
      { next: started(p, s, [...s.refunds, refund]), act: { kind: 'request_refund', amount } },
      () => `T8 staff refund ${amount} of ${total}`,
    );
    // Large ones wait for a second person; to the model it is all of it.
    if (amount < total) continue;
    const waiting = { ...refund, status: 'awaiting_approval' } as const;
    emit(
      {
        next: { ...s, refunds: [...s.refunds, waiting] },
        act: { kind: 'request_refund', amount, isWaiting: true },
      },
      () => `T8 staff ask to refund ${amount} of ${total}, which a second person must approve`,
    );
  }
};

const started = (p: Protocol, s: OrderState, refunds: readonly Refund[]): OrderState => {
  if (!p.canMove('payments', s.status, 'refunding')) {
    throw new Refused(`payments: from ${s.status} to refunding`);
  }
  return { ...s, status: 'refunding', refunds };
};

const approvalMoves = (p: Protocol, s: OrderState, emit: Emit, { refund, index }: At): void => {
  if (refund.status !== 'awaiting_approval') return;
  for (const status of ['requested', 'rejected'] as const) {
    const { refunds } = withRefund(s, index, { status });
    const next = status === 'requested' ? started(p, s, refunds) : { ...s, refunds };
    const act = { kind: 'settle_approval', refund: index, status } as const;
    emit({ next, act }, () => `a second person has refund ${index + 1} ${status}`, 4);
  }
};

const markSent = (s: OrderState): Step => ({
  next: {
    ...s,
    refunds: s.refunds.map((refund) =>
      refund.status === 'requested' ? { ...refund, status: 'sent', wasSent: true } : refund,
    ),
  },
  act: { kind: 'mark_sent' },
});

const sendMoves = (p: Protocol, s: OrderState, emit: Emit, { refund, index }: At): void => {
  const name = `refund ${index + 1}`;
  if (refund.status !== 'sent' || refund.keyNumber > 1) return;
  if (!refund.isKeyForgotten) {
    emit(
      { next: withRefund(s, index, { isKeyForgotten: true }) },
      () => `${name} grows 25 hours old, its key is forgotten`,
      4,
    );
  }
  const isAbsent = refund.made.every(({ status }) => status === 'none');
  const isOver = refund.isKeyForgotten || refund.key === 'spent' || !p.waitsBeforeRenewing;
  if (isOver && (isAbsent || !p.listsBeforeRenewing)) {
    emit(
      {
        next: withRefund(s, index, { keyNumber: 2, key: 'unused', isKeyForgotten: false }),
        act: { kind: 'renew', refund: index },
      },
      () =>
        `${name} is ${isAbsent ? 'not in the provider’s list' : 'not looked for'}: it gets another key`,
      3,
    );
  }
};

const pspMoves = (p: Protocol, s: OrderState, emit: Emit, { refund, index }: At): void => {
  const name = `refund ${index + 1}`;
  const left = total - outOf(s) - takenBy(s.dispute.psp, s.dispute.amount);
  const free = refund.made.findIndex(({ status }) => status === 'none') + 1;
  // A key does one thing, once. What was sent under a forgotten key has died long ago.
  const isLate = refund.keyNumber === 2 && refund.key === 'made' && !p.waitsBeforeRenewing;
  const mayExecute =
    refund.wasSent && ((refund.key === 'unused' && !refund.isKeyForgotten) || isLate);
  if (mayExecute && free > 0) {
    const key = (outcome: Refund['key']) =>
      withRefund(s, index, {
        key: outcome,
        wasRefused: refund.wasRefused || (outcome === 'refused' && refund.keyNumber === 1),
      });
    if (refund.amount > left)
      emit({ next: key('refused') }, () => `the provider refuses ${name}`, 3);
    else {
      for (const status of ['pending', 'succeeded'] as const) {
        const seen = (refund.made[free - 1]?.seen ?? 0) | bit(pspRefundStatuses.indexOf(status));
        emit(
          { next: withMade(key('made'), index, free, { status, seen }) },
          () => `the provider makes ${name}: ${status}`,
          3,
        );
      }
    }
    if (refund.keyNumber === 1)
      emit(
        { next: key('spent') },
        () => `the provider breaks on ${name}, and keeps that as the key's answer`,
      );
  }
  refund.made.forEach((made, i) => {
    const settle = (status: 'succeeded' | 'failed', calm?: Calm): void => {
      const seen = made.seen | bit(pspRefundStatuses.indexOf(status));
      emit(
        { next: withMade(s, index, i + 1, { status, seen }) },
        () => `the provider's ${name}: ${status} after ${made.status}`,
        calm,
      );
    };
    if (made.status === 'pending') settle('succeeded', 4);
    if (made.status === 'pending') settle('failed', 4);
    if (made.status === 'succeeded') settle('failed');
  });
};

const hearMoves = (p: Protocol, s: OrderState, emit: Emit, { refund, index }: At): void => {
  const name = `refund ${index + 1}`;
  refund.made.forEach((made, i) => {
    for (const status of pspRefundStatuses) {
      if (status === 'none' || (made.seen & bit(pspRefundStatuses.indexOf(status))) === 0) continue;
      const isTrue = made.status === status;
      const step = take(
        p,
        s,
        { refund, index },
        {
          pspRefundId: pspIdOf(index, i + 1),
          refundId: `refund ${index + 1}`,
          status,
          amount: BigInt(refund.amount),
          currency: 'EUR',
        },
      );
      if (!step) continue;
      // The driver looks at refunds that are under way; after that only an event makes it look.
      const isAsked = s.status === 'refunding' || p.asksAgain;
      emit(
        { ...step, act: { kind: 'hear_refund', refund: index, number: i + 1, status } },
        () => `T9 we hear that ${name} ${isTrue ? 'is' : 'was'} ${status}`,
        isTrue && isAsked ? 1 : undefined,
      );
    }
  });
  const isAbsent = refund.made.every(({ status }) => status === 'none');
  if (refund.status === 'sent' && !p.waitsForRefunds) {
    emit(toStatus(p, s, index, 'failed'), () => `${name} is given up, as nobody answered`);
  }
  const isRefused = refund.key === 'refused' && isAbsent;
  if (refund.status === 'sent' && isRefused) {
    const act = { kind: 'refuse', refund: index, keyNumber: refund.keyNumber } as const;
    emit(
      { ...toStatus(p, s, index, 'failed'), act },
      () => `T9 we hear that ${name} was refused, and it is not in the list`,
      1,
    );
  }
  // Of the key before: who says so has slept since.
  if (refund.status === 'sent' && refund.keyNumber > 1 && refund.wasRefused && !p.refusalsNameKey) {
    emit(
      toStatus(p, s, index, 'failed'),
      () => `T9 we hear late that ${name} was refused under its first key`,
    );
  }
};

const toStatus = (
  p: Protocol,
  s: OrderState,
  index: number,
  status: 'pending' | 'succeeded' | 'failed',
): Step => {
  const all = s.refunds.map(toProduction);
  const after = p.statusesWith(toOrder(s), p.withStatus(all, `refund ${index + 1}`, status));
  return {
    next: {
      ...withRefund(s, index, { status }),
      orderStatus: after.order,
      status: after.payment,
    },
  };
};

/** `ApplyRefundState.take`, and its statement. */
const take = (
  p: Protocol,
  s: OrderState,
  { refund, index }: At,
  seen: RefundSnapshot,
): Step | undefined => {
  const decision = p.decideRefund({ ...toProduction(refund, index), currency: 'EUR' }, seen);
  // A break is told to a person, and moves nothing.
  if (decision.kind !== 'step') return undefined;
  const number = Number(seen.pspRefundId.split('.')[1]);
  const made = refund.made[number - 1];
  if (!made) return undefined;
  const { accepts, reverses, status } = decision;
  const posts = accepts && p.postsRefundsWhenAccepted && (made.posted === 0 || !p.sourceIsUnique);
  const { next } = toStatus(p, s, index, status);
  const noted = withRefund(next, index, { pspRefund: refund.pspRefund || number });
  const booked = withMade(noted, index, number, {
    posted: made.posted + (posts ? 1 : 0),
    reversed: made.reversed + (reverses && p.postsReversals && made.reversed === 0 ? 1 : 0),
  });
  const isBack = accepts && status !== 'failed' && refund.restock && s.hold === 'consumed';
  if (!isBack || (s.isRestocked && p.restocksOnce)) return { next: booked };
  return { next: { ...booked, isRestocked: true }, allocated: -1 };
};

const disputeMoves = (p: Protocol, s: OrderState, emit: Emit): void => {
  const { psp, seen } = s.dispute;
  const at = (status: DisputeStatus): number => bit(disputeStatuses.indexOf(status));
  const become = (status: DisputeStatus, amount: number): Step => ({
    next: { ...s, dispute: { ...s.dispute, psp: status, seen: seen | at(status), amount } },
  });
  const { amount } = s.dispute;
  const left = total - outOf(s);
  if (psp === 'none' && left > 0) emit(become('open', left), () => `the bank disputes ${left}`);
  if (psp === 'open') {
    emit(become('won', amount), () => 'the dispute is won', 4);
    emit(become('lost', amount), () => 'the dispute is lost', 4);
  }
  if (psp === 'lost') emit(become('won', amount), () => 'the dispute is won after an appeal');
  for (const status of ['open', 'won', 'lost'] as const) {
    if ((seen & at(status)) === 0) continue;
    const step = takeDispute(p, s, status);
    const isTrue = psp === status;
    const heard = `we hear that the dispute ${isTrue ? 'is' : 'was'} ${status}`;
    const act = { kind: 'hear_dispute', status, amount } as const;
    if (step) emit({ ...step, act }, () => heard, isTrue && p.asksAgain ? 1 : undefined);
  }
};

/** `ApplyDispute`: each status on the way is a transfer of its own. */
const takeDispute = (p: Protocol, s: OrderState, status: DisputeStatus): Step | undefined => {
  const { ours, amount } = s.dispute;
  const money = { id: 'dp', amount: BigInt(amount), currency: 'EUR' };
  const known = ours === 'none' ? undefined : { ...money, status: ours };
  const decision = p.decideDispute(known, { ...money, status }, 'EUR');
  if (decision.kind !== 'step') return undefined;
  let [from, posted] = [ours, s.dispute.posted];
  for (const to of decision.to) {
    if (from !== 'none' && !p.canMove('disputes', from, to)) {
      throw new Refused(`disputes: from ${from} to ${to}`);
    }
    posted |= bit(disputeStatuses.indexOf(to));
    from = to;
  }
  return { next: { ...s, dispute: { ...s.dispute, ours: from, posted } } };
};
