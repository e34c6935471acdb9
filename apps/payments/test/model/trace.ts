import type { Finding, Joint, Shop } from './explore.ts';
import type { Step } from './ours.ts';
import { moves } from './moves.ts';
import type { Protocol } from './protocol.ts';
import { type OrderState, encode, unplaced } from './state.ts';

type Situation = {
  readonly orders: readonly OrderState[];
  readonly held: number;
  readonly allocated: number;
};
type Move = { readonly label: string; readonly to: Situation };

const beginning = (shop: Shop): Situation => ({
  orders: Array.from({ length: shop.orders }, () => unplaced(shop.intents)),
  held: 0,
  allocated: 0,
});

/** Every move of every order, in an order that is the same each time. */
const movesOf = (p: Protocol, shop: Shop, from: Situation): Move[] => {
  const all: Move[] = [];
  from.orders.forEach((order, slot) => {
    const emit = ({ next, held = 0, allocated = 0 }: Step, label: () => string): void => {
      const orders = from.orders.map((each, i) => (i === slot ? next : each));
      const name = shop.orders > 1 ? `order ${slot + 1}: ` : '';
      const to = { orders, held: from.held + held, allocated: from.allocated + allocated };
      all.push({ label: `${name}${label()}`, to });
    };
    try {
      moves(p, shop, order, emit);
    } catch {
      // The move that the table of transitions refuses is the end of the trace.
    }
  });
  return all;
};

const isAt = ({ orders, held, allocated }: Situation, joint: Joint): boolean => {
  if (held !== joint.held || allocated !== joint.allocated) return false;
  const codes = orders.map(encode).sort();
  return codes.every((code, i) => code === joint.codes[i]);
};

export type Trace = { readonly lines: readonly string[]; readonly steps: readonly number[] };

/** What happened on the way to a finding, and the numbers that replay it. */
export const traceOf = (p: Protocol, shop: Shop, finding: Finding): Trace => {
  const steps: number[] = [];
  let at = beginning(shop);
  for (const joint of finding.path.slice(1)) {
    const step = movesOf(p, shop, at).findIndex(({ to }) => isAt(to, joint));
    const move = movesOf(p, shop, at)[step];
    if (!move) throw new Error('the trace does not lead where it should');
    steps.push(step);
    at = move.to;
  }
  return { steps, lines: replay(p, shop, steps) };
};

export const replay = (p: Protocol, shop: Shop, steps: readonly number[]): string[] => {
  let at = beginning(shop);
  const lines: string[] = [];
  for (const [i, step] of steps.entries()) {
    const move = movesOf(p, shop, at)[step];
    if (!move) throw new RangeError(`step ${i + 1} of the trace has no move ${step}`);
    lines.push(`${String(i + 1).padStart(3)}  ${move.label}`, ...changes(at, move.to));
    at = move.to;
  }
  return lines;
};

/** What a step changed, field by field, for the reader to follow. */
const changes = (before: Situation, after: Situation): string[] => {
  const lines: string[] = [];
  after.orders.forEach((order, i) => {
    const former = before.orders[i];
    if (!former || former === order) return;
    const changed = Object.entries(order)
      .filter(
        ([name, value]) =>
          JSON.stringify(value) !== JSON.stringify(former[name as keyof OrderState]),
      )
      .map(([name, value]) => `${name} ${short(value)}`);
    if (changed.length > 0) lines.push(`       ${changed.join(', ')}`);
  });
  if (before.held !== after.held || before.allocated !== after.allocated) {
    lines.push(`       stock: ${after.held} held, ${after.allocated} allocated`);
  }
  return lines;
};

const short = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(short).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('made' in value && 'status' in value) {
    const { status, made } = value as OrderState['refunds'][number];
    const there = made.filter((each) => each.status !== 'none').map((each) => each.status);
    return `${status}${there.length > 0 ? ` (there: ${there.join(', ')})` : ''}`;
  }
  return 'status' in value ? String(value.status) : JSON.stringify(value);
};
