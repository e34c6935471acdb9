import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PricedLine, toTotals } from '../checkout/totals.ts';
import { type Parts, partsOf, refundTransfer } from '../ledger/transfer.ts';
import { canMove } from '../transitions.ts';
import {
  type Refund,
  type Refundable,
  type Wish,
  leftToRefund,
  needsSecondPerson,
  planRefund,
  sumOf,
} from './refund.ts';
import { decideRefund, statusesWith, withStatus } from './refund-outcome.ts';

const rates = { taxBasisPoints: 2300, deliveryFee: 490n, freeDeliveryFrom: 7500n };

const paidFor = (priced: readonly PricedLine[], currency = 'EUR'): Refundable => {
  const totals = toTotals(priced, rates);
  const order = { ...totals, id: 'o', currency, captured: totals.total };
  return { order, lines: totals.lines, refunds: [], disputed: 0n };
};

const someLines: fc.Arbitrary<PricedLine[]> = fc.array(
  fc.record({
    sku: fc.constantFrom('a', 'b', 'c', 'd'),
    title: fc.constant('Shirt'),
    quantity: fc.integer({ min: 1, max: 9 }),
    unitPrice: fc.bigInt({ min: 1n, max: 99_999n }),
  }),
  { minLength: 1, maxLength: 6 },
);

const aWish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    kind: fc.constant('amount' as const),
    amount: fc.bigInt({ min: 1n, max: 60_000n }),
    currency: fc.constant('EUR'),
  }),
  fc.record({
    kind: fc.constant('lines' as const),
    lines: fc
      .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 })
      .chain((skus) =>
        fc.tuple(
          ...skus.map((sku) =>
            fc.integer({ min: 1, max: 5 }).map((quantity) => ({ sku, quantity })),
          ),
        ),
      ),
  }),
);

const asRefund = (plan: object, id: string, status: Refund['status'] = 'succeeded'): Refund => ({
  id,
  status,
  amount: 0n,
  parts: { sales: 0n, delivery: 0n, tax: 0n },
  lines: null,
  includesDelivery: false,
  restock: false,
  reason: 'test',
  requestedBy: 'mira',
  requestedAt: new Date(0),
  decidedBy: null,
  pspRefundId: null,
  failure: null,
  ...plan,
});

/** Asks for one refund after the other; some fail afterwards. What was refused leaves no trace. */
const askFor = (
  state: Refundable,
  wishes: readonly { readonly wish: Wish; readonly fails: boolean }[],
): Refundable => {
  const refunds = [...state.refunds];
  for (const { wish, fails } of wishes) {
    const plan = planRefund({ ...state, refunds }, wish);
    if ('code' in plan) continue;
    refunds.push(asRefund(plan, `r${refunds.length}`, fails ? 'failed' : 'succeeded'));
  }
  return { ...state, refunds };
};

const standing = (state: Refundable): readonly Refund[] =>
  state.refunds.filter(({ status }) => status !== 'failed');

const addUp = (refunds: readonly Refund[]): Parts =>
  refunds.reduce(
    (sum, { parts }) => ({
      sales: sum.sales + parts.sales,
      delivery: sum.delivery + parts.delivery,
      tax: sum.tax + parts.tax,
    }),
    { sales: 0n, delivery: 0n, tax: 0n },
  );

const someWishes = fc.array(fc.record({ wish: aWish, fails: fc.boolean() }), { maxLength: 14 });

describe('refunds of one order', () => {
  it('never take more than was captured, nor more of any part than there was', () => {
    fc.assert(
      fc.property(someLines, someWishes, (lines, wishes) => {
        const state = askFor(paidFor(lines), wishes);
        const whole = partsOf(state.order);
        const taken = addUp(standing(state));
        expect(sumOf(standing(state)) <= state.order.captured).toBe(true);
        for (const part of ['sales', 'delivery', 'tax'] as const) {
          expect(taken[part] >= 0n && taken[part] <= whole[part]).toBe(true);
        }
        for (const { parts } of state.refunds) {
          expect(Object.values(parts).every((part) => part >= 0n)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('add up: the one that takes what is left leaves nothing of any part', () => {
    fc.assert(
      fc.property(someLines, someWishes, (lines, wishes) => {
        const state = askFor(paidFor(lines), wishes);
        const left = leftToRefund(state);
        const rest: Wish = { kind: 'amount', amount: left, currency: 'EUR' };
        const all = askFor(state, left === 0n ? [] : [{ wish: rest, fails: false }]);
        expect(sumOf(standing(all))).toBe(all.order.total);
        expect(addUp(standing(all))).toEqual(partsOf(all.order));
      }),
      { numRuns: 2000 },
    );
  });

  it('of lines, unit by unit, give back what all of them cost, and the delivery once', () => {
    fc.assert(
      fc.property(someLines, fc.array(fc.boolean()), (lines, failing) => {
        let state = paidFor(lines);
        const units = lines.flatMap(({ sku, quantity }) =>
          Array.from({ length: quantity }, () => sku),
        );
        let i = 0;
        while (units.length > 0) {
          const sku = units[0] ?? '';
          const fails = failing[i] ?? false;
          const before = state.refunds.length;
          state = askFor(state, [
            { wish: { kind: 'lines', lines: [{ sku, quantity: 1 }] }, fails },
          ]);
          expect(state.refunds.length).toBe(before + 1);
          if (!fails) units.shift();
          i += 1;
        }
        expect(sumOf(standing(state))).toBe(state.order.total);
        expect(addUp(standing(state))).toEqual(partsOf(state.order));
        expect(standing(state).filter((refund) => refund.includesDelivery)).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  it('are each a transfer that sums to zero', () => {
    fc.assert(
      fc.property(someLines, someWishes, (lines, wishes) => {
        for (const { parts } of askFor(paidFor(lines), wishes).refunds) {
          const { entries } = refundTransfer({ orderId: 'o', currency: 'EUR' }, 're', parts);
          expect(entries.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
          expect(entries.every(({ amount }) => amount !== 0n)).toBe(true);
        }
      }),
    );
  });

  const state = paidFor([{ sku: 'a', title: 'A', quantity: 2, unitPrice: 1000n }]);

  it.each<[string, Refundable, Wish, string]>([
    [
      'before anything was captured',
      { ...state, order: { ...state.order, captured: 0n } },
      { kind: 'amount', amount: 1n, currency: 'EUR' },
      'refunds.not_captured',
    ],
    [
      'of another currency',
      state,
      { kind: 'amount', amount: 1n, currency: 'USD' },
      'refunds.other_currency',
    ],
    [
      'of nothing',
      state,
      { kind: 'amount', amount: 0n, currency: 'EUR' },
      'refunds.nothing_to_refund',
    ],
    [
      'above what is left',
      state,
      { kind: 'amount', amount: 2491n, currency: 'EUR' },
      'refunds.exceeds_captured',
    ],
    [
      'above what a dispute left',
      { ...state, disputed: 2000n },
      { kind: 'amount', amount: 491n, currency: 'EUR' },
      'refunds.exceeds_captured',
    ],
    [
      'of what was not ordered',
      state,
      { kind: 'lines', lines: [{ sku: 'b', quantity: 1 }] },
      'refunds.exceeds_ordered',
    ],
    [
      'of more than was ordered',
      state,
      { kind: 'lines', lines: [{ sku: 'a', quantity: 3 }] },
      'refunds.exceeds_ordered',
    ],
  ])('are refused %s', (_, given, wish, code) => {
    expect(planRefund(given, wish)).toMatchObject({ code });
  });

  it('bring the delivery back with the last of the goods', () => {
    const one: Wish = { kind: 'lines', lines: [{ sku: 'a', quantity: 1 }] };
    const first = askFor(state, [{ wish: one, fails: false }]);
    expect(sumOf(first.refunds)).toBe(1000n);
    const both = askFor(first, [{ wish: one, fails: false }]);
    expect(sumOf(both.refunds)).toBe(2490n);
    // The first one's money came back; the delivery is given back already.
    const [failed, ...others] = both.refunds;
    const refunds = [{ ...failed, status: 'failed' } as Refund, ...others];
    expect(planRefund({ ...both, refunds }, one)).toMatchObject({ amount: 1000n });
  });

  it('of one person count together against the limit', () => {
    const small = asRefund({ amount: 600n }, 'r1');
    expect(needsSecondPerson([], 999n, 1000n)).toBe(false);
    expect(needsSecondPerson([], 1000n, 1000n)).toBe(true);
    expect(needsSecondPerson([small], 400n, 1000n)).toBe(true);
    expect(needsSecondPerson([{ ...small, decidedBy: 'noor' }], 400n, 1000n)).toBe(false);
    expect(needsSecondPerson([{ ...small, status: 'rejected' }], 400n, 1000n)).toBe(false);
  });
});

const statuses = [
  'awaiting_approval',
  'requested',
  'sent',
  'pending',
  'succeeded',
  'failed',
  'rejected',
] as const;

describe('what is seen of the provider’s refund', () => {
  const seen = fc.record({
    pspRefundId: fc.constantFrom('re_1', 're_2'),
    refundId: fc.constant('r1'),
    status: fc.constantFrom('pending' as const, 'succeeded' as const, 'failed' as const),
    amount: fc.constantFrom(5n, 6n),
    currency: fc.constantFrom('EUR', 'USD'),
  });
  const ours = fc
    .record({ status: fc.constantFrom(...statuses), isKnown: fc.boolean() })
    .map(({ status, isKnown }) => {
      const isAccepted = status === 'pending' || status === 'succeeded';
      const pspRefundId = isAccepted || (status === 'failed' && isKnown) ? 're_1' : null;
      return { ...asRefund({ amount: 5n, pspRefundId }, 'r1', status), currency: 'EUR' };
    });

  it('moves it along its edges only, posts each thing once, and moves nothing the second time', () => {
    fc.assert(
      fc.property(ours, fc.array(seen, { maxLength: 6 }), (refund, views) => {
        let current = refund;
        let [accepted, reversed] = [0, 0];
        for (const view of views) {
          const decision = decideRefund(current, view);
          if (decision.kind !== 'step') continue;
          expect(canMove('refunds', current.status, decision.status)).toBe(true);
          accepted += Number(decision.accepts);
          reversed += Number(decision.reverses);
          const { status } = decision;
          current = Object.assign({}, current, { status, pspRefundId: view.pspRefundId });
          expect(decideRefund(current, view).kind).toBe('none');
        }
        expect(accepted).toBeLessThanOrEqual(1);
        expect(reversed).toBeLessThanOrEqual(1);
        expect(reversed === 0 || current.status === 'failed').toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is never believed of another amount, currency or refund than ours', () => {
    fc.assert(
      fc.property(ours, seen, (refund, view) => {
        fc.pre(
          view.amount !== refund.amount ||
            view.currency !== refund.currency ||
            (refund.pspRefundId !== null && refund.pspRefundId !== view.pspRefundId),
        );
        expect(decideRefund(refund, view).kind).toBe('break');
      }),
    );
  });
});

describe('an order and its payment', () => {
  const order = {
    captured: 10n,
    cancelReason: null,
    orderStatus: 'paid',
    status: 'refunding',
  } as const;
  const refunds = [asRefund({ amount: 4n }, 'r1', 'sent'), asRefund({ amount: 6n }, 'r2', 'sent')];

  it('follow their refunds, there and back', () => {
    const one = withStatus(refunds, 'r1', 'succeeded');
    expect(statusesWith(order, one)).toEqual({
      order: 'part_refunded',
      payment: 'refunding',
      refunded: 4n,
    });
    const both = withStatus(one, 'r2', 'succeeded');
    expect(statusesWith({ ...order, orderStatus: 'part_refunded' }, both)).toEqual({
      order: 'refunded',
      payment: 'refunded',
      refunded: 10n,
    });
    const back = withStatus(both, 'r2', 'failed');
    const after = { ...order, orderStatus: 'refunded', status: 'refunded' } as const;
    expect(statusesWith(after, back)).toEqual({
      order: 'part_refunded',
      payment: 'captured',
      refunded: 4n,
    });
  });

  it('of a cancelled order wait for the money to go back, and never look paid', () => {
    const cancelled = {
      ...order,
      cancelReason: 'hold_expired',
      orderStatus: 'cancelling',
    } as const;
    const given = [asRefund({ amount: 10n }, 'r1', 'sent')];
    const all = withStatus(given, 'r1', 'succeeded');
    expect(statusesWith(cancelled, all).order).toBe('refunded');
    const after = { ...cancelled, orderStatus: 'refunded', status: 'refunded' } as const;
    expect(statusesWith(after, withStatus(all, 'r1', 'failed'))).toMatchObject({
      order: 'cancelling',
      payment: 'captured',
    });
  });
});
