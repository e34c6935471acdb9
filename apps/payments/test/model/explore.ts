import { JointTable } from './joint-table.ts';
import type { Bounds } from './moves.ts';
import { OrderSpace, allocatedOf, moveSize, heldOf } from './order-space.ts';
import { findEndless } from './progress.ts';
import type { Protocol } from './protocol.ts';

export type Shop = Bounds & {
  readonly orders: number;
  /** Whether all orders are of one version of one cart, or each of another. */
  readonly isOneCart: boolean;
  readonly onHand: number;
};

export type Finding = {
  readonly fault: string;
  /** What each order is and how much is held and allocated, from the beginning to where it went wrong. */
  readonly path: readonly Joint[];
};

export type Joint = {
  readonly codes: readonly string[];
  readonly held: number;
  readonly allocated: number;
};

export type Explored = {
  readonly states: number;
  readonly transitions: number;
  readonly orderStates: number;
  /** In how many of those each of the situations was met. */
  readonly met: readonly number[];
  readonly depth: number;
  /** Whether there was nothing left to visit. */
  readonly isComplete: boolean;
  /** The most steps that any state is from its end once faults have stopped. */
  readonly stepsToRest: number;
  readonly cpuSeconds: number;
  readonly finding: Finding | undefined;
};

/** Counts may be wrong by one before it is a fault, so they are kept with an offset. */
const offset = 8;

/** Breadth first, so that what is found is found on a shortest way. */
export const explore = (
  protocol: Protocol,
  shop: Shop,
  limits: { readonly maxStates: number; readonly onProgress?: (states: number) => void },
): Explored => {
  const startedAt = process.cpuUsage();
  const walk = new Walk(protocol, shop, limits.maxStates);
  const found = walk.run(limits.onProgress);
  const { table, space } = walk;
  const rest = found ? { steps: 0 } : findEndless(space);
  return {
    states: table.size,
    transitions: walk.transitions,
    orderStates: space.size,
    met: space.met,
    depth: walk.depth,
    isComplete: walk.isComplete,
    stepsToRest: rest.steps,
    cpuSeconds: cpuSecondsSince(startedAt),
    finding: found ?? (rest.fault && walk.findingOf(rest.fault)),
  };
};

/** Of the whole process; the machine may be busy with other things. */
const cpuSecondsSince = (startedAt: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / 1e6;
};

class Walk {
  readonly table: JointTable;
  readonly space: OrderSpace;
  transitions = 0;
  depth = 0;
  isComplete = false;
  private readonly words: Uint32Array;
  private current = 0;
  private found: { readonly fault: string; readonly index: number } | undefined;

  private readonly protocol: Protocol;
  private readonly shop: Shop;
  private readonly maxStates: number;

  constructor(protocol: Protocol, shop: Shop, maxStates: number) {
    this.protocol = protocol;
    this.shop = shop;
    this.maxStates = maxStates;
    this.table = new JointTable(shop.orders + 1);
    this.space = new OrderSpace(protocol, shop);
    this.words = new Uint32Array(shop.orders + 1);
    this.words[shop.orders] = offset | (offset << 8);
    this.table.add(this.words, 0);
  }

  run(onProgress: ((states: number) => void) | undefined): Finding | undefined {
    let levelEnd = 1;
    for (let index = 0; index < this.table.size && !this.found; index += 1) {
      if (index === levelEnd) {
        this.depth += 1;
        levelEnd = this.table.size;
        onProgress?.(this.table.size);
      }
      if (this.table.size >= this.maxStates) return undefined;
      this.current = index;
      this.expand(index);
    }
    this.isComplete = !this.found;
    return this.found && { fault: this.found.fault, path: this.pathTo(this.found.index) };
  }

  /** The way to the first state in which an order is so; none if only calm steps lead there. */
  findingOf({ order, fault }: { readonly order: number; readonly fault: string }): Finding {
    for (let index = 0; index < this.table.size; index += 1) {
      for (let slot = 0; slot < this.shop.orders; slot += 1) {
        if (this.table.word(index, slot) === order) return { fault, path: this.pathTo(index) };
      }
    }
    return { fault, path: [] };
  }

  private expand(index: number): void {
    const { orders } = this.shop;
    for (let slot = 0; slot < orders; slot += 1) {
      const id = this.table.word(index, slot);
      // Orders that are the same do the same.
      if (slot > 0 && id === this.table.word(index, slot - 1)) continue;
      const found = this.space.expand(id);
      const fault = this.space.faults[id];
      if (fault) {
        this.found ??= { fault, index };
        return;
      }
      for (let at = 0; at < found.length; at += moveSize) {
        this.follow(index, slot, found[at] ?? 0, found[at + 1] ?? 0);
        if (this.found) return;
      }
    }
  }

  private follow(index: number, slot: number, to: number, meta: number): void {
    const { orders } = this.shop;
    const stock = this.table.word(index, orders);
    const held = (stock & 255) - offset + heldOf(meta);
    const allocated = (stock >> 8) - offset + allocatedOf(meta);
    const isPlacing = this.table.word(index, slot) === 0 && heldOf(meta) > 0;
    if (isPlacing && !this.mayPlace(index, held, allocated)) return;
    this.transitions += 1;
    // Insertion into the rest, which is in order.
    let at = 0;
    for (let other = 0; other < orders; other += 1) {
      if (other === slot) continue;
      this.words[at] = this.table.word(index, other);
      at += 1;
    }
    while (at > 0 && (this.words[at - 1] ?? 0) > to) {
      this.words[at] = this.words[at - 1] ?? 0;
      at -= 1;
    }
    this.words[at] = to;
    this.words[orders] = (held + offset) | ((allocated + offset) << 8);
    if (!this.table.add(this.words, index)) return;
    const fault = this.space.faults[to] ?? this.jointFault(held, allocated);
    if (fault) this.found = { fault, index: this.table.size - 1 };
  }

  private mayPlace(index: number, held: number, allocated: number): boolean {
    if (this.protocol.checksStock && held + allocated > this.shop.onHand) return false;
    if (!this.shop.isOneCart || !this.protocol.cartIsUnique) return true;
    for (let slot = 0; slot < this.shop.orders; slot += 1) {
      if (this.space.shared[this.table.word(index, slot)]?.takesCart) return false;
    }
    return true;
  }

  private jointFault(held: number, allocated: number): string | undefined {
    let [holding, allocations, paid] = [0, 0, 0];
    for (let slot = 0; slot < this.shop.orders; slot += 1) {
      const shared = this.space.shared[this.words[slot] ?? 0];
      if (shared?.isHolding) holding += 1;
      if (shared?.isAllocated) allocations += 1;
      if (shared?.keepsMoney) paid += 1;
    }
    if (held !== holding) return `I8 ${held} held, and holds of ${holding}`;
    if (allocated !== allocations)
      return `I8 ${allocated} allocated, and orders own ${allocations}`;
    if (held + allocated > this.shop.onHand) return 'I8 sold more than there is';
    return this.shop.isOneCart && paid > 1 ? 'I7 one cart was paid for twice' : undefined;
  }

  private pathTo(index: number): Joint[] {
    const path: Joint[] = [];
    for (let at = index; ; at = this.table.parent(at)) {
      const stock = this.table.word(at, this.shop.orders);
      const codes = Array.from(
        { length: this.shop.orders },
        (_, slot) => this.space.codes[this.table.word(at, slot)] ?? '',
      );
      path.unshift({
        codes: codes.sort(),
        held: (stock & 255) - offset,
        allocated: (stock >> 8) - offset,
      });
      if (at === 0) return path;
    }
  }
}
