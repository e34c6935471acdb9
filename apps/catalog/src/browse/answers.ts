import { type Cache, createCache } from '@hemline/cache';
import { METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { observeCaches } from '../caching/cache-metrics.ts';
import {
  type Encoding,
  type FacetsJson,
  type Tree,
  answerEncoding,
  facetsEncoding,
  treeEncoding,
} from '../caching/encoding.ts';
import { SharedRedis } from '../caching/shared-redis.ts';
import { CONFIG, type Config } from '../config.ts';
import { type Answer, sizeOfAnswer } from './answer.ts';

/**
 * What is left of the bound of availability once a quiet owner has kept silent for as long as it may.
 * In this process a change is seen at once, as it is forgotten here, and in the Redis that instances
 * share; what another instance holds itself it answers with until that ends.
 */
export const answersKept = { freshMs: 700, staleMs: 200 } as const;

/** Counts of facets and of categories have no bound of their own, and cost most to make. */
const countsFreshMs = 2000;
const countsStaleMs = 8000;

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
    redis: SharedRedis,
  ) {
    const answers = (name: string, share: number): Cache<Answer> =>
      createCache({
        name,
        maxBytes: Math.floor(CACHE_MAX_BYTES * share),
        sizeOf: sizeOfAnswer,
        ttlMs: answersKept.freshMs,
        staleMs: answersKept.staleMs,
        ...redis.level(answerEncoding),
      });
    const parts = <Value extends object>(
      name: string,
      sizeOf: (value: Value) => number,
      encoding?: Encoding<Value>,
    ) =>
      createCache<Value>({
        name,
        maxBytes: Math.floor(CACHE_MAX_BYTES / 16),
        sizeOf,
        ttlMs: countsFreshMs,
        staleMs: countsStaleMs,
        ...(encoding && redis.level(encoding)),
      });
    this.lists = answers('lists', 3 / 8);
    this.products = answers('products', 3 / 8);
    this.suggestions = answers('suggestions', 1 / 16);
    this.facets = parts('facets', ({ json }) => json.length, facetsEncoding);
    this.categories = parts('categories', ({ answer }) => 2 * answer.body.length, treeEncoding);
    this.terms = parts('terms', ({ typed, meant }) => typed.length + meant.length);
    const { lists, products, suggestions, facets, categories, terms } = this;
    const caches = [lists, products, suggestions, facets, categories, terms];
    observeCaches(metrics, { caches, redis });
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
