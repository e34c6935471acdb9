import { type Cache, createCache } from '@hemline/cache';
import { ServiceUnavailable } from '@hemline/http';
import { LRUCache } from 'lru-cache';

export type Held<Value> = {
  readonly value: Value;
  /** Since when its owner has not been heard of; undefined where the answer is as fresh as it should be. */
  readonly heldSince?: Date;
};

type Options<Value> = {
  readonly name: string;
  readonly maxBytes: number;
  readonly sizeOf: (value: Value) => number;
  /** Served without asking. */
  readonly freshMs: number;
  /** After that, served while a newer one is fetched behind it. */
  readonly revalidateMs: number;
  /** After that, served only while its owner does not answer, and the page says so. */
  readonly heldMs: number;
  readonly now?: () => number;
};

type Known<Value> = { readonly value: Value; readonly at: number; askAgainAt: number };

/** While the owner is away, nobody waits to hear it again and again. */
const pauseMs = 1_000;

/** Answers kept for a moment for speed, and for a while longer in case their owner goes away. */
export class HeldAnswers<Value extends object> {
  private readonly fresh: Cache<Value>;
  private readonly known: LRUCache<string, Known<Value>>;
  private readonly heldMs: number;
  private readonly now: () => number;

  constructor(options: Options<Value>) {
    const { name, maxBytes, sizeOf, freshMs, revalidateMs, heldMs, now = Date.now } = options;
    this.fresh = createCache({
      name,
      maxBytes,
      sizeOf,
      ttlMs: freshMs,
      staleMs: revalidateMs,
      now,
    });
    this.known = new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ value }) => sizeOf(value) });
    this.heldMs = heldMs;
    this.now = now;
  }

  async get(key: string, load: () => Promise<Value>): Promise<Held<Value>> {
    const known = this.known.get(key);
    if (known && this.now() < known.askAgainAt) return this.held(known);
    try {
      return { value: await this.fresh.get(key, () => this.loadAndKnow(key, load)) };
    } catch (error) {
      const isAway = error instanceof ServiceUnavailable;
      if (!isAway || !known || this.now() - known.at > this.heldMs) throw error;
      known.askAgainAt = this.now() + pauseMs;
      return this.held(known);
    }
  }

  private held({ value, at }: Known<Value>): Held<Value> {
    return { value, heldSince: new Date(at) };
  }

  private async loadAndKnow(key: string, load: () => Promise<Value>): Promise<Value> {
    const value = await load();
    this.known.set(key, { value, at: this.now(), askAgainAt: 0 });
    return value;
  }
}
