import { faultAtRest, faultOf } from './invariants.ts';
import { type Bounds, moves } from './moves.ts';
import { Refused } from './ours.ts';
import type { Protocol } from './protocol.ts';
import { situations } from './situations.ts';
import { type OrderState, encode, flags, unplaced } from './state.ts';

/** What the orders of one shop have to do with each other, of one order. */
export type Shared = {
  readonly isHolding: boolean;
  readonly isAllocated: boolean;
  /** No other order of the same version of a cart can be placed beside it. */
  readonly takesCart: boolean;
  readonly keepsMoney: boolean;
};

/** Few differ, and there are many orders: each is kept once. */
const knownShared = new Map<number, Shared>();

const sharedOf = (s: OrderState): Shared => {
  const isHolding = s.hold === 'active';
  const isAllocated = s.hold === 'consumed' && !s.isRestocked;
  const takesCart = s.orderStatus !== 'none' && s.orderStatus !== 'cancelled';
  const keepsMoney = s.captured > 0 && !s.isCancelWanted;
  const key = flags(isHolding, isAllocated, takesCart, keepsMoney);
  const shared = knownShared.get(key) ?? { isHolding, isAllocated, takesCart, keepsMoney };
  knownShared.set(key, shared);
  return shared;
};

/** The moves of one order: two numbers each, where it leads and what else it does. */
export type Moves = readonly number[];
export const moveSize = 2;
export const heldOf = (meta: number): number => (meta & 3) - 1;
export const allocatedOf = (meta: number): number => ((meta >> 2) & 3) - 1;
export const calmOf = (meta: number): number => (meta >> 4) & 7;

/**
 * All states of one order that were met, each worked out once, whatever the other orders of the shop do
 * meanwhile: orders share nothing but the stock and the cart.
 */
export class OrderSpace {
  readonly codes: string[] = [];
  readonly shared: Shared[] = [];
  readonly faults: (string | undefined)[] = [];
  /** Of how many of them each situation is. */
  readonly met = situations.map(() => 0);
  private readonly ids = new Map<string, number>();
  private readonly states: (OrderState | undefined)[] = [];
  private readonly moves: (Moves | undefined)[] = [];

  private readonly protocol: Protocol;
  private readonly bounds: Bounds;

  constructor(protocol: Protocol, bounds: Bounds) {
    this.protocol = protocol;
    this.bounds = bounds;
    this.idOf(unplaced(bounds.intents));
  }

  get size(): number {
    return this.codes.length;
  }

  isExpanded(id: number): boolean {
    return this.moves[id] !== undefined;
  }

  /** Where this order can go next. Faults of the step itself become faults of the state. */
  expand(id: number): Moves {
    const known = this.moves[id];
    if (known) return known;
    const state = this.states[id];
    if (!state) throw new Error(`order state ${id} was forgotten`);
    const found: number[] = [];
    let isCalm = false;
    try {
      moves(this.protocol, this.bounds, state, ({ next, held = 0, allocated = 0 }, _, calm) => {
        const to = this.idOf(next);
        if (to === id && held === 0 && allocated === 0) return;
        if (calm !== undefined) isCalm = true;
        found.push(to, (held + 1) | ((allocated + 1) << 2) | ((calm ?? 0) << 4));
      });
      if (!isCalm) this.faults[id] ??= faultAtRest(state);
    } catch (error) {
      if (!(error instanceof Refused) && !isRefusedMove(error)) throw error;
      this.faults[id] ??=
        `T  a step that the table of transitions does not have: ${(error as Error).message}`;
    }
    this.moves[id] = found;
    this.states[id] = undefined;
    return found;
  }

  private idOf(state: OrderState): number {
    const code = encode(state);
    const known = this.ids.get(code);
    if (known !== undefined) return known;
    const id = this.codes.length;
    this.ids.set(code, id);
    this.codes.push(code);
    this.states.push(state);
    this.shared.push(sharedOf(state));
    this.faults.push(faultOf(this.protocol, state));
    situations.forEach(({ isMet }, i) => {
      if (isMet(state)) this.met[i] = (this.met[i] ?? 0) + 1;
    });
    return id;
  }
}

/** `move` of production throws where its table has no edge. */
const isRefusedMove = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('no transition from');
