import { LRUCache } from 'lru-cache';
import { type Shared, SharedLevel, type SharedStats, skewMs } from './shared-level.ts';

export type CacheOptions<Value> = {
  /** Names the cache in metrics. */
  readonly name: string;
  readonly maxBytes: number;
  readonly sizeOf: (value: Value) => number;
  /** How long an entry is fresh. Each gets up to a tenth less, so that they do not expire together. */
  readonly ttlMs: number;
  /** How much longer it may be served while a new one is being loaded; 0 if absent. */
  readonly staleMs?: number;
  /** The second level, in a Redis that processes share; none if absent. */
  readonly shared?: Shared<Value>;
  readonly now?: () => number;
  readonly random?: () => number;
};

export type CacheStats = {
  readonly hits: number;
  /** Answers given from an entry past its time while it was being renewed. */
  readonly stale: number;
  readonly misses: number;
  readonly failures: number;
  readonly entries: number;
  readonly bytes: number;
  readonly shared?: SharedStats;
};

export type Cache<Value> = {
  readonly name: string;
  /**
   * The entry of `key`, or what `load` makes of it. Callers who ask for one key at one time share one
   * load. Where `load` finds nothing (undefined), that is remembered as well, in a space of its own,
   * so that a flood of unknown keys cannot push out what people read.
   */
  get<Loaded extends Value | undefined>(key: string, load: () => Promise<Loaded>): Promise<Loaded>;
  /** The entry of `key` if it is here and fresh, at once; nothing is loaded. */
  peek(key: string): Value | undefined;
  /** Forgets one entry. A load already under way still answers its callers, but is not kept. */
  delete(key: string): void;
  /** Forgets all of them, likewise. */
  clear(): void;
  stats(): CacheStats;
};

type Entry<Value> = {
  readonly value: Value;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly until: number;
};

type Flight<Loaded> = {
  readonly key: string;
  readonly load: () => Promise<Loaded>;
  readonly ticket: object;
  readonly newerThan: number;
};

const maxAbsent = 10_000;
const jitter = 0.1;
/** What the map itself takes for an entry, roughly: two pointers, three numbers, the key's header. */
const entryOverheadBytes = 128;

/**
 * A cache in this process, bounded in bytes, and with `shared` a second level behind it. No answer is ever
 * older than `ttlMs + staleMs`, counted from the start of its load, as what was read may have changed a
 * moment later.
 */
export const createCache = <Value extends object>(options: CacheOptions<Value>): Cache<Value> =>
  new TwoLevelCache(options);

class TwoLevelCache<Value extends object> implements Cache<Value> {
  readonly name: string;
  private readonly options: CacheOptions<Value>;
  private readonly present: LRUCache<string, Entry<Value>>;
  private readonly absent = new LRUCache<string, Entry<undefined>>({ max: maxAbsent });
  private readonly loads = new Map<string, { ticket: object; loading: Promise<unknown> }>();
  private readonly counts = { hits: 0, stale: 0, misses: 0, failures: 0 };
  private readonly shared: SharedLevel<Value> | undefined;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(options: CacheOptions<Value>) {
    this.options = options;
    this.name = options.name;
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    const { name, ttlMs, staleMs = 0, shared } = options;
    this.shared =
      shared && new SharedLevel({ ...shared, name, lifeMs: ttlMs + staleMs, now: this.now });
    this.present = new LRUCache<string, Entry<Value>>({
      maxSize: options.maxBytes,
      sizeCalculation: ({ value }, key) => options.sizeOf(value) + key.length + entryOverheadBytes,
    });
  }

  async get<Loaded extends Value | undefined>(
    key: string,
    load: () => Promise<Loaded>,
  ): Promise<Loaded> {
    const entry = this.present.get(key) ?? this.absent.get(key);
    const time = this.now();
    if (entry && time < entry.freshUntil) {
      this.counts.hits += 1;
      return entry.value as Loaded;
    }
    if (entry && time < entry.until) {
      this.counts.stale += 1;
      // If it fails, the next caller tries again, until the entry is too old to be served.
      this.start(key, load, entry.loadedAt).catch(() => {});
      return entry.value as Loaded;
    }
    this.counts.misses += 1;
    return this.start(key, load);
  }

  peek(key: string): Value | undefined {
    const entry = this.present.get(key);
    if (!entry || this.now() >= entry.freshUntil) return undefined;
    this.counts.hits += 1;
    return entry.value;
  }

  delete(key: string): void {
    this.present.delete(key);
    this.absent.delete(key);
    this.loads.delete(key);
    this.shared?.delete(key);
  }

  clear(): void {
    this.present.clear();
    this.absent.clear();
    this.loads.clear();
    this.shared?.clear();
  }

  stats(): CacheStats {
    const { present, absent, counts, shared } = this;
    const entries = present.size + absent.size;
    const own = { ...counts, entries, bytes: present.calculatedSize };
    return shared ? { ...own, shared: shared.stats() } : own;
  }

  /** `newerThan`: the age of what the caller has; only what was loaded later is of use. */
  private start<Loaded extends Value | undefined>(
    key: string,
    load: () => Promise<Loaded>,
    newerThan = -Infinity,
  ): Promise<Loaded> {
    const underWay = this.loads.get(key);
    if (underWay) return underWay.loading as Promise<Loaded>;
    const ticket = {};
    const loading = this.run({ key, load, ticket, newerThan });
    this.loads.set(key, { ticket, loading });
    return loading;
  }

  private async run<Loaded extends Value | undefined>(flight: Flight<Loaded>): Promise<Loaded> {
    const { key, load, ticket, newerThan } = flight;
    // After delete() or clear() this load is no longer the one of its key: it may have read what was
    // true before the change, so it is answered and forgotten.
    const isCurrent = (): boolean => this.loads.get(key)?.ticket === ticket;
    try {
      const found = this.shared && (await this.shared.find(key));
      if (found?.entry && found.entry.loadedAt > newerThan) {
        if (isCurrent()) this.adopt(flight, found.entry);
        return found.entry.value as Value & Loaded;
      }
      const loadedAt = this.now();
      const value = await load();
      if (isCurrent()) {
        this.keep(key, value, { loadedAt });
        // That there was nothing is not shared: a flood of unknown keys would fill Redis with it.
        if (found?.marks && value !== undefined) {
          this.shared?.put(key, value, { ...found.marks, loadedAt });
        }
      }
      return value;
    } catch (error) {
      this.counts.failures += 1;
      throw error;
    } finally {
      if (isCurrent()) this.loads.delete(key);
    }
  }

  /** Keeps what another process loaded, for as long as it may live, and renews it if it is past its time. */
  private adopt<Loaded extends Value | undefined>(
    { key, load }: Flight<Loaded>,
    { value, loadedAt }: { readonly value: Value; readonly loadedAt: number },
  ): void {
    const { freshUntil } = this.keep(key, value, { loadedAt, lessMs: skewMs });
    if (this.now() < freshUntil) return;
    this.loads.delete(key);
    this.start(key, load, loadedAt).catch(() => {});
  }

  private keep(
    key: string,
    value: Value | undefined,
    { loadedAt, lessMs = 0 }: { readonly loadedAt: number; readonly lessMs?: number },
  ): { readonly freshUntil: number } {
    const { ttlMs, staleMs = 0 } = this.options;
    // Drawn by each process for itself: the first one past its time renews, and the others find that.
    const freshUntil = loadedAt + ttlMs * (1 - jitter * this.random());
    const until = loadedAt + ttlMs + staleMs - lessMs;
    if (value === undefined) {
      this.present.delete(key);
      this.absent.set(key, { value, loadedAt, freshUntil, until });
    } else {
      this.absent.delete(key);
      this.present.set(key, { value, loadedAt, freshUntil, until });
    }
    return { freshUntil };
  }
}
