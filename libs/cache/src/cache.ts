import { LRUCache } from 'lru-cache';

export type CacheOptions<Value> = {
  /** Names the cache in metrics. */
  readonly name: string;
  readonly maxBytes: number;
  readonly sizeOf: (value: Value) => number;
  /** How long an entry is fresh. Each gets up to a tenth less, so that they do not expire together. */
  readonly ttlMs: number;
  /** How much longer it may be served while a new one is being loaded; 0 if absent. */
  readonly staleMs?: number;
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
};

export type Cache<Value> = {
  readonly name: string;
  /**
   * The entry of `key`, or what `load` makes of it. Callers who ask for one key at one time share one
   * load. Where `load` finds nothing (undefined), that is remembered as well, in a space of its own,
   * so that a flood of unknown keys cannot push out what people read.
   */
  get<Loaded extends Value | undefined>(key: string, load: () => Promise<Loaded>): Promise<Loaded>;
  /** Forgets one entry. A load already under way still answers its callers, but is not kept. */
  delete(key: string): void;
  /** Forgets all of them, likewise. */
  clear(): void;
  stats(): CacheStats;
};

type Entry<Value> = { readonly value: Value; readonly freshUntil: number; readonly until: number };

const maxAbsent = 10_000;
const jitter = 0.1;
/** What the map itself takes for an entry, roughly: two pointers, three numbers, the key's header. */
const entryOverheadBytes = 128;

/**
 * An in-process cache, bounded in bytes. No answer is ever older than `ttlMs + staleMs`, counted from
 * the start of its load, as what was read may have changed a moment later.
 */
export const createCache = <Value extends object>(options: CacheOptions<Value>): Cache<Value> => {
  const { ttlMs, staleMs = 0, now = Date.now, random = Math.random } = options;
  const present = new LRUCache<string, Entry<Value>>({
    maxSize: options.maxBytes,
    sizeCalculation: ({ value }, key) => options.sizeOf(value) + key.length + entryOverheadBytes,
  });
  const absent = new LRUCache<string, Entry<undefined>>({ max: maxAbsent });
  const loads = new Map<string, { ticket: object; loading: Promise<Value | undefined> }>();
  const counts = { hits: 0, stale: 0, misses: 0, failures: 0 };

  const keep = (key: string, value: Value | undefined, startedAt: number): void => {
    const freshUntil = startedAt + ttlMs * (1 - jitter * random());
    const until = startedAt + ttlMs + staleMs;
    if (value === undefined) {
      present.delete(key);
      absent.set(key, { value, freshUntil, until });
    } else {
      absent.delete(key);
      present.set(key, { value, freshUntil, until });
    }
  };

  const run = async (key: string, load: () => Promise<Value | undefined>, ticket: object) => {
    const startedAt = now();
    // After delete() or clear() this load is no longer the one of its key: it may have read what was
    // true before the change, so it is answered and forgotten.
    const isCurrent = (): boolean => loads.get(key)?.ticket === ticket;
    try {
      const value = await load();
      if (isCurrent()) keep(key, value, startedAt);
      return value;
    } catch (error) {
      counts.failures += 1;
      throw error;
    } finally {
      if (isCurrent()) loads.delete(key);
    }
  };

  const start = (key: string, load: () => Promise<Value | undefined>) => {
    const underWay = loads.get(key);
    if (underWay) return underWay.loading;
    const ticket = {};
    const loading = run(key, load, ticket);
    loads.set(key, { ticket, loading });
    return loading;
  };

  const get = async (
    key: string,
    load: () => Promise<Value | undefined>,
  ): Promise<Value | undefined> => {
    const entry = present.get(key) ?? absent.get(key);
    const time = now();
    if (entry && time < entry.freshUntil) {
      counts.hits += 1;
      return entry.value;
    }
    if (entry && time < entry.until) {
      counts.stale += 1;
      // If it fails, the next caller tries again, until the entry is too old to be served.
      start(key, load).catch(() => {});
      return entry.value;
    }
    counts.misses += 1;
    return start(key, load);
  };

  return {
    name: options.name,
    get: get as Cache<Value>['get'],
    delete: (key) => {
      present.delete(key);
      absent.delete(key);
      loads.delete(key);
    },
    clear: () => {
      present.clear();
      absent.clear();
      loads.clear();
    },
    stats: () => ({
      ...counts,
      entries: present.size + absent.size,
      bytes: present.calculatedSize,
    }),
  };
};
