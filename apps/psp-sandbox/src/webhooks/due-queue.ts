type Entry<Item> = { readonly due: number; readonly n: number; readonly item: Item };

/** What is to be done at some time, earliest first (a binary heap); the same time goes by order. */
export class DueQueue<Item> {
  private readonly heap: Entry<Item>[] = [];
  private count = 0;

  get size(): number {
    return this.heap.length;
  }

  /** When the next one is due, if there is one. */
  nextDue(): number | undefined {
    return this.heap[0]?.due;
  }

  push(item: Item, due: number): void {
    this.count += 1;
    const entry = { due, n: this.count, item };
    let i = this.heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = this.heap[parent];
      if (!above || isEarlier(above, entry)) break;
      this.heap[i] = above;
      i = parent;
    }
    this.heap[i] = entry;
  }

  /** Takes the first one if it is due. */
  popDue(now: number): Item | undefined {
    const [first] = this.heap;
    if (!first || first.due > now) return undefined;
    const last = this.heap.pop();
    if (last && this.heap.length > 0) this.sink(last);
    return first.item;
  }

  private sink(entry: Entry<Item>): void {
    let i = 0;
    for (;;) {
      const left = this.heap[2 * i + 1];
      const right = this.heap[2 * i + 2];
      if (!left) break;
      const child = right && isEarlier(right, left) ? right : left;
      if (isEarlier(entry, child)) break;
      this.heap[i] = child;
      i = child === left ? 2 * i + 1 : 2 * i + 2;
    }
    this.heap[i] = entry;
  }
}

const isEarlier = <Item>(a: Entry<Item>, b: Entry<Item>): boolean =>
  a.due < b.due || (a.due === b.due && a.n < b.n);
