import { type Cache, createCache } from '@hemline/cache';
import type { catalogApi } from '@hemline/contracts';
import { Counter, Gauge, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { type Answer, sizeOfAnswer } from './answer.ts';

/**
 * What is left of the bound of availability once a quiet owner has kept silent for as long as it may.
 * In this process a change is seen at once, as it is forgotten here; another instance learns of it when
 * its answers end.
 */
export const answersKept = { freshMs: 700, staleMs: 200 } as const;

/** Counts of facets and of categories have no bound of their own, and cost most to make. */
const countsFreshMs = 2000;
const countsStaleMs = 8000;

/** Facets as the JSON that goes into each page of one filter. */
export type FacetsJson = { readonly total: number; readonly json: string };
type Tree = { readonly items: readonly catalogApi.Category[]; readonly answer: Answer };
type TermsEntry = { readonly typed: string; readonly meant: string };

/** Answers that are finished but for being sent, and what they are made of. */
@Injectable()
export class Answers {
  readonly lists: Cache<Answer>;
  readonly products: Cache<Answer>;
  readonly suggestions: Cache<Answer>;
  readonly facets: Cache<FacetsJson>;
  readonly categories: Cache<Tree>;
  readonly terms: Cache<TermsEntry>;

  constructor(
    @Inject(CONFIG) { CACHE_MAX_BYTES }: Config,
    @Inject(METRICS) metrics: MetricsRegistry,
  ) {
    const answers = (name: string, share: number): Cache<Answer> =>
      createCache({
        name,
        maxBytes: Math.floor(CACHE_MAX_BYTES * share),
        sizeOf: sizeOfAnswer,
        ttlMs: answersKept.freshMs,
        staleMs: answersKept.staleMs,
      });
    const parts = <Value extends object>(name: string, sizeOf: (value: Value) => number) =>
      createCache<Value>({
        name,
        maxBytes: Math.floor(CACHE_MAX_BYTES / 16),
        sizeOf,
        ttlMs: countsFreshMs,
        staleMs: countsStaleMs,
      });
    this.lists = answers('lists', 3 / 8);
    this.products = answers('products', 3 / 8);
    this.suggestions = answers('suggestions', 1 / 16);
    this.facets = parts('facets', ({ json }) => json.length);
    this.categories = parts('categories', ({ answer }) => 2 * answer.body.length);
    this.terms = parts('terms', ({ typed, meant }) => typed.length + meant.length);
    observe(metrics, [
      this.lists,
      this.products,
      this.suggestions,
      this.facets,
      this.categories,
      this.terms,
    ]);
  }

  /** A product came, changed or went: any list may now be another. */
  forgetProduct(handle: string): void {
    this.products.delete(handle);
    for (const cache of [this.lists, this.suggestions, this.facets, this.categories, this.terms]) {
      cache.clear();
    }
  }

  /**
   * Its page shows the number left. Lists show a state, and are forgotten only when that changes: in a
   * rush of orders stock changes hundreds of times a second, and they end by themselves in time.
   */
  forgetStock(handle: string, { isOtherState }: { readonly isOtherState: boolean }): void {
    this.products.delete(handle);
    if (isOtherState) this.lists.clear();
  }
}

type Observable = Pick<Cache<object>, 'name' | 'stats'>;

const observe = (metrics: MetricsRegistry, caches: readonly Observable[]): void => {
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Requests to a cache by how they were answered',
    labelNames: ['cache', 'outcome'],
    registers: [metrics],
    collect: () => {
      requests.reset();
      for (const cache of caches) {
        const { hits, stale, misses, failures } = cache.stats();
        for (const [outcome, count] of Object.entries({ hits, stale, misses, failures })) {
          requests.inc({ cache: cache.name, outcome }, count);
        }
      }
    },
  });
  const bytes = new Gauge({
    name: 'cache_bytes',
    help: 'What a cache holds',
    labelNames: ['cache'],
    registers: [metrics],
    collect: () => {
      for (const cache of caches) bytes.set({ cache: cache.name }, cache.stats().bytes);
    },
  });
};
