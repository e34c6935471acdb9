import type { Protocol } from './protocol.ts';
import { type OrderState, total } from './state.ts';

const paidFor = new Set<OrderState['orderStatus']>(['authorized', 'paid', 'part_refunded']);

/** What must be so in every state of one order; the first that is not, by its name in the design. */
export const faultOf = (p: Protocol, s: OrderState): string | undefined =>
  faultOfRecord(s) ??
  faultOfCapture(p, s) ??
  faultOfCancel(s) ??
  faultOfRefunds(s) ??
  faultOfStatus(s);

const faultOfRecord = (s: OrderState): string | undefined => {
  const isKnown = s.intents.some(({ status }) => status !== 'none');
  if (s.orderStatus === 'none' && isKnown) return 'I0 sent before it was on record';
  return undefined;
};

const faultOfCapture = (p: Protocol, s: OrderState): string | undefined => {
  const captured = s.intents.filter(({ status }) => status === 'captured').length;
  if (captured > 1) return 'I7 charged twice';
  for (const [i, { status, posted }] of s.intents.entries()) {
    if (posted > 1) return 'I2 one capture is in the ledger twice';
    if (posted > 0 && status !== 'captured') return 'I3 the ledger has a capture that was not made';
    // A charge in one step takes the money before anyone can have recorded it.
    if (p.captureMethod === 'automatic') continue;
    if (status === 'captured' && s.intent !== i + 1)
      return 'I3 captured, and not the intent on record';
  }
  if (s.captured > 0 && s.intents[s.intent - 1]?.posted !== 1) {
    return 'I3 known to be captured, and not in the ledger';
  }
  return undefined;
};

const faultOfCancel = (s: OrderState): string | undefined => {
  if (s.orderStatus !== 'cancelled') return undefined;
  if (s.intents.some(({ status }) => status === 'captured')) return 'I6 cancelled and charged';
  const own = s.intents[s.intent - 1]?.status;
  if (own === 'authorised') return 'I6 cancelled, and its authorisation is alive';
  if (s.hold === 'active' || s.hold === 'consumed')
    return 'I8 cancelled, and its goods are not free';
  return undefined;
};

const faultOfRefunds = (s: OrderState): string | undefined => {
  let out = 0;
  for (const { amount, made } of s.refunds) {
    const alive = made.filter(({ status }) => status === 'pending' || status === 'succeeded');
    if (alive.length > 1) return 'I4 a refund was paid twice';
    out += amount * alive.length;
    for (const { status, posted, reversed } of made) {
      if (posted > 1 || reversed > 1) return 'I2 one refund is in the ledger twice';
      if (posted > 0 && status === 'none') return 'I4 the ledger has a refund that was not made';
      if (reversed > 0 && status !== 'failed') return 'I4 a refund is taken back that did not fail';
    }
  }
  if (out > total) return 'I4 refunds above what was captured';
  const reserved = s.refunds.filter(({ status }) => status !== 'failed' && status !== 'rejected');
  const sum = reserved.reduce((all, { amount }) => all + amount, 0);
  return sum > s.captured ? 'I4 refunds on record above what was captured' : undefined;
};

const faultOfStatus = (s: OrderState): string | undefined => {
  const accepted = s.refunds
    .filter((refund) => refund.status === 'pending' || refund.status === 'succeeded')
    .reduce((sum, { amount }) => sum + amount, 0);
  const { orderStatus: status } = s;
  const isPaid = status === 'paid' || status === 'part_refunded';
  if (isPaid && s.captured !== total) return `I5 ${status}, and the money is not here`;
  const needsGoods = paidFor.has(status) || (status === 'refunded' && !s.isCancelWanted);
  if (needsGoods && s.hold !== 'consumed') return `I5 ${status}, and its goods are not its own`;
  if (s.hold === 'consumed' && !needsGoods) return `I8 ${status}, and it keeps its goods`;
  if (s.hold === 'active' && status !== 'pending') return `I8 ${status}, and it holds goods`;
  if (status === 'paid' && accepted > 0) return 'I5 paid, and something went back';
  if (status === 'part_refunded' && (accepted === 0 || accepted === total)) {
    return 'I5 part_refunded, and nothing or all went back';
  }
  return status === 'refunded' && accepted !== total
    ? 'I5 refunded, and not all went back'
    : undefined;
};

/** What must be so once there is nothing left to do or to hear. */
export const faultAtRest = (s: OrderState): string | undefined => {
  if (s.orderStatus === 'none' || s.isFrozen) return undefined;
  const isOver =
    ['captured', 'voided', 'refunded'].includes(s.status) &&
    s.refunds.every(({ status }) => !['requested', 'sent', 'pending'].includes(status));
  if (!isOver) return `I12 stuck: order ${s.orderStatus}, payment ${s.status}`;
  if (s.intents.some(({ status }) => status === 'authorised')) {
    return 'I6 at rest, and an authorisation is alive';
  }
  for (const { status, posted } of s.intents) {
    if ((status === 'captured') !== (posted === 1)) return 'I3 at rest, ledger and provider differ';
  }
  for (const { made } of s.refunds) {
    for (const { status, posted, reversed } of made) {
      const isOut = status === 'pending' || status === 'succeeded';
      if (posted - reversed !== (isOut ? 1 : 0)) return 'I4 at rest, ledger and provider differ';
    }
  }
  if (s.dispute.ours !== s.dispute.psp) return 'I16 at rest, a dispute is not known';
  const isOwed = s.orderStatus === 'cancelling' && s.captured > 0;
  const isTold = s.refunds.some(({ status }) => status === 'failed');
  if (isOwed && isTold) return undefined;
  return ['cancelled', 'paid', 'part_refunded', 'refunded'].includes(s.orderStatus)
    ? undefined
    : `I12 at rest, and the order is ${s.orderStatus}`;
};
