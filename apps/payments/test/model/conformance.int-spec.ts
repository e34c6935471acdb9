import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { Ledgered, shownBy } from './ledgered.ts';
import { type Bounds, moves } from './moves.ts';
import type { Act } from './ours.ts';
import { mutants } from './mutants.ts';
import { type Protocol, production } from './protocol.ts';
import { smallest } from './shops.ts';
import { type OrderState, encode, unplaced } from './state.ts';

// The decisions of the model are those of production; what its transactions do is written anew in
// `ours.ts` and `refunds.ts`. Here each of them, from each state of our database that it can be taken in,
// is done by production in PostgreSQL as well, and both must come to the same.

type Visit = {
  readonly state: OrderState;
  readonly parent: Visit | undefined;
  readonly act: Act | undefined;
};

/** A way to every change that our transactions can make, the longest ways first. */
const waysOf = (protocol: Protocol, bounds: Bounds): Map<string, Visit> => {
  const seen = new Set<string>();
  const changes = new Map<string, Visit>();
  const queue: Visit[] = [{ state: unplaced(bounds.intents), parent: undefined, act: undefined }];
  for (let at = 0; at < queue.length; at += 1) {
    const parent = queue[at];
    if (!parent) break;
    moves(protocol, bounds, parent.state, ({ next, act }) => {
      const visit = { state: next, parent, act };
      if (act && !changes.has(changeOf(visit))) changes.set(changeOf(visit), visit);
      if (seen.has(encode(next))) return;
      seen.add(encode(next));
      queue.push(visit);
    });
  }
  return new Map([...changes].reverse());
};

const changeOf = ({ state, parent, act }: Visit): string =>
  JSON.stringify([act?.kind, parent && shownBy(parent.state), shownBy(state)]);

const wayTo = (visit: Visit): readonly Visit[] =>
  visit.parent ? [...wayTo(visit.parent), visit] : [];

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase('payments');
}, 60_000);
afterAll(() => db.close());

/** Every change once, and how many there were. */
const compare = async (protocol: Protocol, bounds: Bounds): Promise<number> => {
  const left = waysOf(protocol, bounds);
  const { size } = left;
  const changes = left.entries();
  const work = async (): Promise<void> => {
    for (const [change, last] of changes) if (left.has(change)) await follow(left, last);
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return size;
};

/** Does all of a way, and compares after each change that was not compared yet. */
const follow = async (left: Map<string, Visit>, last: Visit): Promise<void> => {
  const order = await Ledgered.open(db.database);
  for (const visit of wayTo(last)) {
    if (!visit.act) continue;
    await order.act(visit.act);
    if (!left.delete(changeOf(visit))) continue;
    expect([visit.act, await order.shown()]).toEqual([visit.act, shownBy(visit.state)]);
  }
};

describe('what the model says of our transactions, PostgreSQL says too', () => {
  it.each<[string, Partial<Bounds>, number]>([
    ['of two cards', { attempts: 2 }, 100],
    ['of a request that made two intents', { intents: 2 }, 100],
    ['of two refunds', { refunds: 2 }, 400],
    ['of a refund and a dispute', { refunds: 1, hasDisputes: true }, 400],
  ])(
    '%s',
    async (_, more, changes) => {
      expect(await compare(production, { ...smallest, ...more })).toBeGreaterThan(changes);
    },
    5 * 60_000,
  );

  it.each([
    'hold-not-consumed',
    'give-back-not-posted',
    'expire-without-fence',
    'failed-refund-not-reversed',
  ])(
    'and not what a wrong model says: %s',
    async (name) => {
      const mutant = mutants.find((each) => each.name === name);
      const wrong = { ...production, ...mutant?.change };
      await expect(compare(wrong, { ...smallest, ...mutant?.shop })).rejects.toThrow();
    },
    5 * 60_000,
  );
});
