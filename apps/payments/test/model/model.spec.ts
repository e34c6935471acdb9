import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { transitions } from '../../src/transitions.ts';
import { checkMutant, checkShop, nameTrace, replayTrace } from './check.ts';
import { JointTable } from './joint-table.ts';
import { type Bounds, moves } from './moves.ts';
import { harmless, mutants } from './mutants.ts';
import { production } from './protocol.ts';
import { shops, smallest } from './shops.ts';
import { type OrderState, encode, unplaced } from './state.ts';

// The whole of the shops is visited by `model.int-spec.ts`.
const enough = 5000;

describe('the protocol of payments', () => {
  it.each(shops)('holds in the beginnings of $name: $what', (shop) => {
    const { explored, trace } = checkShop(shop, enough);
    expect([explored.finding?.fault, ...(trace?.lines ?? [])]).toEqual([undefined]);
    expect(explored.states).toBeGreaterThanOrEqual(enough - 1);
  });

  it('holds in the smallest shop, and all of it is seen', () => {
    const { explored } = checkShop(smallest, enough);
    expect(explored).toMatchObject({ isComplete: true, finding: undefined });
    expect(explored.states).toBeGreaterThan(1000);
    expect(explored.stepsToRest).toBeGreaterThan(3);
  });
});

/** Of each table, the changes of status that a shop sees. */
const edgesOf = (bounds: Bounds): Set<string> => {
  const edges = new Set<string>();
  const codes = new Set<string>();
  const queue: OrderState[] = [unplaced(bounds.intents)];
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at];
    if (!state) break;
    const before = statusesOf(state);
    moves(production, bounds, state, ({ next }) => {
      for (const [row, to] of statusesOf(next)) {
        const from = before.get(row);
        if (from !== undefined && from !== to) edges.add(`${row.split(' ')[0]}: ${from} > ${to}`);
      }
      if (codes.has(encode(next))) return;
      codes.add(encode(next));
      queue.push(next);
    });
  }
  return edges;
};

const statusesOf = (s: OrderState): ReadonlyMap<string, string> =>
  new Map([
    ['orders', s.orderStatus],
    ['payments', s.status],
    [`payment_attempts ${s.attempt}`, s.attemptStatus],
    ['stock_holds', s.hold],
    ['disputes', s.dispute.ours],
    ...s.refunds.map(({ status }, i) => [`refunds ${i}`, status] as const),
  ]);

describe('the check of the protocol', () => {
  it.each(mutants)('catches $name: $what', (mutant) => {
    const { explored, trace } = checkMutant(mutant);
    expect(explored.finding?.fault).toMatch(/^(I\d+|T) /);
    if (!trace) throw new Error('caught without a trace');
    expect(replayTrace(nameTrace(mutant.name, trace))).toEqual(trace.lines);
  });

  it.each(harmless)('lets $name be: $what', (mutant) => {
    const { explored } = checkMutant(mutant);
    expect(explored).toMatchObject({ isComplete: true, finding: undefined });
  });

  it('walks every edge of the table of transitions', () => {
    const walked = new Set<string>();
    for (const more of [{ attempts: 2 }, { refunds: 2 }, { refunds: 1, hasDisputes: true }]) {
      for (const edge of edgesOf({ ...smallest, ...more })) walked.add(edge);
    }
    const all = Object.entries(transitions).flatMap(([table, edges]) =>
      Object.entries<readonly string[]>(edges).flatMap(([from, to]) =>
        to.map((each) => `${table}: ${from} > ${each}`),
      ),
    );
    expect(all.filter((edge) => !walked.has(edge))).toEqual([]);
  });

  it('takes two states for one only if they are the same', () => {
    const bounds = { ...smallest, attempts: 2, intents: 2, refunds: 2, hasDisputes: true };
    const codes = new Map<string, string>();
    const queue: OrderState[] = [unplaced(bounds.intents)];
    for (let at = 0; at < queue.length && codes.size < 40_000; at += 1) {
      const state = queue[at];
      if (!state) break;
      moves(production, bounds, state, ({ next }) => {
        const code = encode(next);
        const refunds = next.refunds.map((refund) => JSON.stringify(refund)).sort();
        const whole = JSON.stringify({ ...next, refunds });
        const known = codes.get(code);
        if (known === undefined) queue.push(next);
        else if (known !== whole) expect(whole).toBe(known);
        codes.set(code, whole);
      });
    }
    expect(new Set(codes.values()).size).toBe(codes.size);
  });

  it('remembers each joint state once', () => {
    const words = fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.nat(3)), { maxLength: 400 });
    fc.assert(
      fc.property(words, (all) => {
        const table = new JointTable(3);
        const known = new Set<string>();
        for (const each of all) {
          const isNew = !known.has(each.join());
          known.add(each.join());
          expect(table.add(Uint32Array.from(each), 0)).toBe(isNew);
        }
        expect(table.size).toBe(known.size);
      }),
      { numRuns: 50 },
    );
  });
});
