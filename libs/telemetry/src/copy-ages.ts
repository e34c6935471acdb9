import { Histogram, type MetricsRegistry } from './metrics.ts';

type Observer = { observe(seconds: number): void };

/**
 * How old copies of others' facts are when they are read. It is asked in every read, so that looking up
 * a label's histogram once is worth it: 0.3 µs each.
 */
export class CopyAges {
  private readonly histogram: Histogram;
  private readonly observers = new Map<string, Observer>();
  private readonly now: () => number;

  constructor(metrics: MetricsRegistry, now: () => number = Date.now) {
    this.now = now;
    this.histogram = new Histogram({
      name: 'copy_age_when_read_seconds',
      help: 'How long ago a copied fact was known to be right when an answer with it left',
      labelNames: ['copy'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 5, 10, 30, 60, 600],
      registers: [metrics],
    });
  }

  /** `asOf` in milliseconds. Clocks of two machines may differ a little, and no age is below zero. */
  observe(copy: string, asOf: number): void {
    let observer = this.observers.get(copy);
    if (!observer) this.observers.set(copy, (observer = this.histogram.labels(copy)));
    observer.observe(Math.max(0, this.now() - asOf) / 1000);
  }
}
