import type { Cache } from '@hemline/cache';
import { Counter, Gauge, type MetricsRegistry } from '@hemline/telemetry';
import type { SharedRedis } from './shared-redis.ts';

type Observable = Pick<Cache<object>, 'name' | 'stats'>;
type Observed = {
  readonly caches: readonly Observable[];
  readonly redis: Pick<SharedRedis, 'isUp'>;
};
type Outcomes = Readonly<Record<string, number>>;

/** Read when they are asked for, so that a cache counts in plain numbers. */
export const observeCaches = (metrics: MetricsRegistry, { caches, redis }: Observed): void => {
  const outcomes = (
    name: string,
    help: string,
    of: (cache: Observable) => Outcomes | undefined,
  ): void => {
    const counter = new Counter({
      name,
      help,
      labelNames: ['cache', 'outcome'],
      registers: [metrics],
      collect: () => {
        counter.reset();
        for (const cache of caches) {
          for (const [outcome, count] of Object.entries(of(cache) ?? {})) {
            counter.inc({ cache: cache.name, outcome }, count);
          }
        }
      },
    });
  };
  outcomes('cache_requests_total', 'Requests to a cache by how they were answered', (cache) => {
    const { hits, stale, misses, failures } = cache.stats();
    return { hits, stale, misses, failures };
  });
  outcomes(
    'cache_shared_requests_total',
    'What a cache did not hold itself, by what Redis had of it',
    (cache) => cache.stats().shared,
  );
  const bytes = new Gauge({
    name: 'cache_bytes',
    help: 'What a cache holds',
    labelNames: ['cache'],
    registers: [metrics],
    collect: () => {
      for (const cache of caches) bytes.set({ cache: cache.name }, cache.stats().bytes);
    },
  });
  if (redis.isUp === undefined) return;
  const up = new Gauge({
    name: 'cache_redis_up',
    help: '1 while Redis is asked, 0 while it is lost',
    registers: [metrics],
    collect: () => {
      up.set(redis.isUp ? 1 : 0);
    },
  });
};
