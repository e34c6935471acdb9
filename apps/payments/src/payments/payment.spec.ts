import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type AttemptStatus,
  type OrderStatus,
  type PaymentStatus,
  transitions,
} from '../transitions.ts';
import {
  type Knowledge,
  type PaymentState,
  type Snapshot,
  decide,
  toPublicStatus,
} from './payment.ts';

/** What an order and its payment may be at the same time. */
const consistent: readonly [OrderStatus, PaymentStatus][] = [
  ['pending', 'confirming'],
  ['pending', 'ready'],
  ['authorized', 'capturing'],
  ['paid', 'captured'],
  ['cancelling', 'voiding'],
  ['cancelling', 'refunding'],
  ['cancelled', 'voided'],
  ['refunded', 'refunded'],
];

const intents = ['pi_1', 'pi_2'];
const anAmount = fc.constantFrom(6390n, 6391n);
const aSnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    intentId: fc.constantFrom(...intents),
    status: fc.constantFrom<Snapshot['status']>(
      'unpaid',
      'requires_action',
      'processing',
      'authorised',
      'captured',
      'canceled',
    ),
    amount: anAmount,
    currency: fc.constantFrom('EUR', 'USD'),
    captured: anAmount,
  })
  .map((each) => (each.status === 'captured' ? each : { ...each, captured: 0n }));

const someKnowledge: fc.Arbitrary<Knowledge> = fc.oneof(
  fc.record({ kind: fc.constant('snapshot' as const), snapshot: aSnapshot }),
  fc.record(
    {
      kind: fc.constant('declined' as const),
      attempt: fc.integer({ min: 1, max: 3 }),
      declineCode: fc.constant('card_declined'),
      snapshot: aSnapshot,
    },
    { requiredKeys: ['kind', 'attempt', 'declineCode'] },
  ) as fc.Arbitrary<Knowledge>,
  fc.constant<Knowledge>({ kind: 'nothing' }),
);

const aState: fc.Arbitrary<PaymentState> = fc
  .record({
    both: fc.constantFrom(...consistent),
    intentId: fc.constantFrom('pi_1', null),
    attempt: fc.integer({ min: 1, max: 3 }),
    attemptStatus: fc.constantFrom<AttemptStatus>('sending', 'requires_action', 'declined'),
  })
  .map(({ both: [orderStatus, status], ...rest }) => ({
    ...rest,
    orderStatus,
    status,
    amount: 6390n,
    currency: 'EUR',
  }));

/** Where a decision leads, in steps, as `ApplyPspState` carries it out. */
const steps = (
  state: PaymentState,
  knowledge: Knowledge,
): readonly [OrderStatus, PaymentStatus][] => {
  const decision = decide(state, knowledge);
  const { kind } = decision;
  if (kind === 'authorise') return [['authorized', 'capturing']];
  if (kind === 'decline') return [[state.orderStatus, 'ready']];
  if (kind === 'cancel') return [['cancelled', 'voided']];
  if (kind === 'give_back') return [[state.orderStatus, 'refunding']];
  if (kind !== 'capture') return [];
  return decision.alsoAuthorise
    ? [
        ['authorized', 'capturing'],
        ['paid', 'captured'],
      ]
    : [['paid', 'captured']];
};

describe('what is learned of the provider', () => {
  it('moves orders and payments only along their edges, to states that fit each other', () => {
    fc.assert(
      fc.property(aState, someKnowledge, (state, knowledge) => {
        let [order, payment] = [state.orderStatus, state.status];
        for (const [nextOrder, nextPayment] of steps(state, knowledge)) {
          expect([order, ...transitions.orders[order]]).toContain(nextOrder);
          expect([payment, ...transitions.payments[payment]]).toContain(nextPayment);
          [order, payment] = [nextOrder, nextPayment];
        }
        expect(consistent).toContainEqual([order, payment]);
      }),
      { numRuns: 5000 },
    );
  });

  it('moves nothing the second time', () => {
    fc.assert(
      fc.property(aState, someKnowledge, (state, knowledge) => {
        const last = steps(state, knowledge).at(-1);
        if (!last) return;
        const decision = decide(state, knowledge);
        const intentId = 'intentId' in decision ? decision.intentId : state.intentId;
        const [orderStatus, status] = last;
        const after: PaymentState = {
          ...state,
          orderStatus,
          status,
          intentId,
          attemptStatus: status === 'ready' ? 'declined' : state.attemptStatus,
        };
        expect(steps(after, knowledge)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it('never takes money of another amount or currency, nor of another intent, for ours', () => {
    fc.assert(
      fc.property(aState, aSnapshot, (state, snapshot) => {
        const isOther =
          snapshot.amount !== state.amount ||
          snapshot.currency !== state.currency ||
          (state.intentId !== null && snapshot.intentId !== state.intentId);
        fc.pre(isOther);
        expect(steps(state, { kind: 'snapshot', snapshot })).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it('cancels an order only on the provider’s word that the intent is canceled', () => {
    fc.assert(
      fc.property(aState, someKnowledge, (state, knowledge) => {
        const isTold = knowledge.kind === 'snapshot' && knowledge.snapshot.status === 'canceled';
        const isCancelled = decide(state, knowledge).kind === 'cancel';
        expect(isTold || !isCancelled).toBe(true);
      }),
    );
  });

  it('of an earlier attempt declines nothing', () => {
    const state: PaymentState = {
      orderStatus: 'pending',
      status: 'confirming',
      intentId: 'pi_1',
      attempt: 2,
      attemptStatus: 'sending',
      amount: 6390n,
      currency: 'EUR',
    };
    expect(decide(state, { kind: 'declined', attempt: 1, declineCode: 'x' }).kind).toBe('none');
    const unpaid: Snapshot = {
      intentId: 'pi_1',
      status: 'unpaid',
      amount: 6390n,
      currency: 'EUR',
      captured: 0n,
    };
    expect(decide(state, { kind: 'snapshot', snapshot: unpaid }).kind).toBe('none');
  });

  it('that a declined card was authorised after all is good news while the goods are held', () => {
    const authorised: Snapshot = {
      intentId: 'pi_1',
      status: 'authorised',
      amount: 6390n,
      currency: 'EUR',
      captured: 0n,
    };
    const ready: PaymentState = {
      orderStatus: 'pending',
      status: 'ready',
      intentId: 'pi_1',
      attempt: 1,
      attemptStatus: 'declined',
      amount: 6390n,
      currency: 'EUR',
    };
    expect(decide(ready, { kind: 'snapshot', snapshot: authorised }).kind).toBe('authorise');
    const fenced = { ...ready, orderStatus: 'cancelling', status: 'voiding' } as const;
    expect(decide(fenced, { kind: 'snapshot', snapshot: authorised }).kind).toBe('none');
  });
});

describe('a payment', () => {
  it('is shown with a status of the contract', () => {
    expect(toPublicStatus('confirming', 'sending')).toBe('pending');
    expect(toPublicStatus('confirming', 'requires_action')).toBe('requires_action');
    expect(toPublicStatus('ready', 'declined')).toBe('declined');
    expect(toPublicStatus('capturing', 'authorised')).toBe('authorized');
    expect(toPublicStatus('captured', 'authorised')).toBe('captured');
  });
});
