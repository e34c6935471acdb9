import type { Order } from '../../src/orders/orders.store.ts';
import type { Decision, Knowledge, PaymentState } from '../../src/payments/payment.ts';
import type { Shop } from './explore.ts';
import { type Protocol, production } from './protocol.ts';

export type Mutant = {
  readonly name: string;
  /** What is wrong in it. */
  readonly what: string;
  readonly change: Partial<Protocol>;
  /** The smallest shop that shows it, as far as one knows. */
  readonly shop?: Partial<Shop>;
};

const { decide, decideRefund, nextStep, orderAfter } = production;

/** As if neither code nor triggers had a table of transitions: what then goes wrong is money itself. */
const noTable: Pick<Protocol, 'canMove' | 'orderAfter'> = {
  canMove: () => true,
  orderAfter: (order, decision) => orderAfter({ ...order, ...from(order, decision) }, decision),
};

/** A state from which the table has the step that was decided. */
const from = (order: Order, decision: Decision): Partial<Order> => {
  switch (decision.kind) {
    case 'authorise':
      return { orderStatus: 'pending', status: 'confirming' };
    case 'capture':
      return decision.alsoAuthorise
        ? { orderStatus: 'pending', status: 'confirming' }
        : { orderStatus: 'authorized', status: 'capturing' };
    case 'decline':
      return { status: 'confirming', attemptStatus: 'sending' };
    case 'cancel':
    case 'give_back':
      return { orderStatus: 'cancelling', status: 'voiding' };
    case 'require_action':
      return { attemptStatus: 'sending' };
    case 'note_intent':
    case 'orphan':
    case 'break':
    case 'none':
      return order;
  }
  return decision satisfies never;
};

type Known = Extract<Knowledge, { kind: 'snapshot' }>['snapshot'];

/** `decide`, with a second opinion on snapshots. */
const deciding =
  (
    other: (state: PaymentState, snapshot: Known, decision: Decision) => Decision,
  ): Protocol['decide'] =>
  (state, knowledge) => {
    const decision = decide(state, knowledge);
    return knowledge.kind === 'snapshot' ? other(state, knowledge.snapshot, decision) : decision;
  };

const none: Decision = { kind: 'none' };

const capturingAgain = deciding(({ orderStatus }, snapshot, decision) =>
  orderStatus === 'paid' && snapshot.status === 'captured'
    ? { kind: 'capture', intentId: snapshot.intentId, alsoAuthorise: false }
    : decision,
);

export const mutants: readonly Mutant[] = [
  {
    name: 'send-before-persist',
    what: 'the attempt is sent, and put on record afterwards',
    change: { recordsAttemptsFirst: false },
  },
  {
    name: 'expire-without-fence',
    what: 'an order is cancelled here and not at the provider',
    change: { fences: 'never' },
  },
  {
    name: 'fence-only-if-confirming',
    what: 'after a decline an order is cancelled without the fence',
    change: { fences: 'if confirming' },
  },
  {
    name: 'cancelled-on-negative-lookup',
    what: 'the fence is lifted because a search found no intent, though one is on record',
    change: { endsOnlyOnCanceled: false },
  },
  {
    name: 'hold-not-consumed',
    what: 'T4 does not allocate the goods',
    change: { consumesHold: false },
  },
  {
    name: 'non-monotone-apply',
    what: 'that an intent is authorised is applied whatever happened since',
    change: {
      ...noTable,
      decide: deciding((_, { status, intentId }, decision) =>
        status === 'authorised' ? { kind: 'authorise', intentId } : decision,
      ),
    },
  },
  {
    name: 'ledger-source-not-unique',
    what: 'a capture is applied each time that it is heard of, and the ledger takes a source twice',
    change: { decide: capturingAgain, sourceIsUnique: false },
  },
  {
    name: 'one-step-charge-negative-lookup',
    what: 'charge in one step; a search that finds nothing ends the order',
    change: { captureMethod: 'automatic' },
  },
  {
    name: 'one-step-charge-key-pruned',
    what: 'charge in one step; the provider has forgotten the key of a charge that is sent again',
    change: { captureMethod: 'automatic' },
    shop: { intents: 2 },
  },
  {
    name: 'decided-before-the-lock',
    what: 'what news mean is decided before the row is locked',
    change: { decidesUnderLock: false },
  },
  {
    name: 'capture-before-record',
    what: 'who hears that an intent is authorised captures it, recorded or not',
    change: { capturesOnlyRecorded: false },
    shop: { intents: 2 },
  },
  {
    name: 'an-intent-for-each-attempt',
    what: 'each attempt makes an intent, and the last one heard of is on record',
    change: {
      ...noTable,
      reusesIntent: false,
      decide: (state, knowledge) => decide({ ...state, intentId: null }, knowledge),
    },
    shop: { intents: 2, attempts: 2 },
  },
  {
    name: 'cart-not-unique',
    what: 'one version of a cart can be ordered twice',
    change: { cartIsUnique: false },
    shop: { orders: 2, isOneCart: true, onHand: 2 },
  },
  {
    name: 'stock-not-checked',
    what: 'goods are held that are not there',
    change: { checksStock: false },
    shop: { orders: 2 },
  },
  {
    name: 'stock-released-twice',
    what: 'T7 frees the goods again that T6 freed',
    change: { releasesOnce: false },
  },
  {
    name: 'allocated-goods-released-as-held',
    what: 'the fence of an authorised order takes its goods from the wrong count',
    change: { releasesWhatItHeld: false },
  },
  {
    name: 'late-capture-ignored',
    what: 'that the money was taken behind the fence is no news',
    change: {
      decide: deciding((state, { status }, decision) =>
        state.status === 'voiding' && status === 'captured' ? none : decision,
      ),
    },
  },
  {
    name: 'late-capture-pays',
    what: 'an order behind the fence is paid, though its goods were sold on',
    change: {
      ...noTable,
      decide: deciding((state, { status, intentId }, decision) =>
        state.status === 'voiding' && status === 'captured'
          ? { kind: 'capture', intentId, alsoAuthorise: false }
          : decision,
      ),
    },
  },
  {
    name: 'give-back-not-posted',
    what: 'money that goes back at once is not in the ledger',
    change: { postsOnGiveBack: false },
  },
  {
    name: 'lapse-ignored',
    what: 'that an authorisation lapsed before it was captured is no news',
    change: {
      decide: deciding((state, _, decision) =>
        state.status === 'capturing' && decision.kind === 'cancel' ? none : decision,
      ),
    },
  },
  {
    name: 'orphans-left-alone',
    what: 'an event of an intent beside the order’s own is lost, and nobody asks for it again',
    change: { sweepsEvents: false },
    shop: { intents: 2 },
  },
  {
    name: 'late-news-not-asked-for',
    what: 'the event of a refund that failed late is lost, and nobody asks for it again',
    change: { asksAgain: false },
    shop: { refunds: 1 },
  },
  {
    name: 'holds-never-end',
    what: 'nobody fences an order whose hold has ended',
    change: { mayFence: () => false },
  },
  {
    name: 'fence-without-intent-forgotten',
    what: 'the driver does nothing for a payment behind the fence whose intent it does not know',
    change: {
      nextStep: (standing) => {
        const step = nextStep(standing);
        return step === 'learn_intent' || step === 'search_intent' ? 'none' : step;
      },
    },
  },
  {
    name: 'cancel-when-paid',
    what: 'a shopper can cancel what was captured',
    change: { ...noTable, cancelMeans: () => 'stop' },
  },
  {
    name: 'refund-renewed-without-list',
    what: 'a refund whose key was forgotten is sent under another key, and not looked for',
    change: { listsBeforeRenewing: false },
    shop: { refunds: 1 },
  },
  {
    name: 'refund-renewed-too-early',
    what: 'a refund gets another key while the former may still be executed',
    change: { waitsBeforeRenewing: false },
    shop: { refunds: 1 },
  },
  {
    name: 'refund-posted-on-request',
    what: 'a refund is in the ledger before the provider took it on',
    change: { postsRefundsWhenAccepted: false },
    shop: { refunds: 1 },
  },
  {
    name: 'refund-given-up-on-timeout',
    what: 'a refund that nobody answered for counts as failed',
    change: { waitsForRefunds: false },
    shop: { refunds: 1 },
  },
  {
    name: 'refusal-of-a-former-key-counts',
    what: 'a refund fails by a refusal of the key before, told by a process that slept for a day',
    change: { refusalsNameKey: false },
    shop: { refunds: 1, hasDisputes: true },
  },
  {
    name: 'refund-limit-not-counted',
    what: 'a refund is measured by what was captured, not by what is left',
    change: { countsRefunds: false },
    shop: { refunds: 2 },
  },
  {
    name: 'failed-refund-not-reversed',
    what: 'money that comes back from a refund is not posted',
    change: { postsReversals: false },
    shop: { refunds: 1 },
  },
  {
    name: 'failed-refund-ignored',
    what: 'that a refund failed after it had succeeded is no news',
    change: {
      decideRefund: (refund, seen) =>
        refund.status === 'succeeded' ? { kind: 'none' } : decideRefund(refund, seen),
    },
    shop: { refunds: 1 },
  },
  {
    name: 'failed-refund-revived',
    what: 'stale news of a refund that failed since are applied',
    change: {
      canMove: () => true,
      withStatus: (all, id, status) =>
        all.map((each) => (each.id === id ? { ...each, status } : each)),
      decideRefund: (refund, seen) =>
        refund.status === 'failed' && seen.status === 'succeeded'
          ? { kind: 'step', status: 'succeeded', accepts: false, reverses: false }
          : decideRefund(refund, seen),
    },
    shop: { refunds: 1 },
  },
  {
    name: 'restocked-twice',
    what: 'goods come back to the shelf with each refund of them',
    change: { restocksOnce: false },
    shop: { refunds: 2 },
  },
  {
    name: 'dispute-won-ignored',
    what: 'that a dispute was won is no news',
    change: {
      decideDispute: (known, seen, currency) =>
        seen.status === 'won' ? { kind: 'none' } : production.decideDispute(known, seen, currency),
    },
    shop: { hasDisputes: true },
  },
];

/** Changes that look wrong and do no harm: the checker must not cry wolf. */
export const harmless: readonly Mutant[] = [
  {
    name: 'hold-never-extended',
    what: 'another card does not hold the goods anew: orders end early, and money is safe',
    change: { extendsHold: false },
    shop: { attempts: 2 },
  },
  {
    name: 'captured-twice-posted-once',
    what: 'a capture is applied each time that it is heard of; the ledger takes its source once',
    change: { decide: capturingAgain },
  },
  {
    name: 'late-decline-counts',
    what: 'that an earlier attempt was declined is taken for the last one: its intent is fenced all the same',
    change: {
      decide: (state, knowledge) =>
        decide(
          state,
          knowledge.kind === 'declined' ? { ...knowledge, attempt: state.attempt } : knowledge,
        ),
    },
    shop: { attempts: 2 },
  },
];
