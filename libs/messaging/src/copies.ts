import { type Copy, type CopyName, copies } from '@hemline/contracts';
import type { Queryable } from '@hemline/postgres';
import { CopyAges, Gauge, type MetricsRegistry } from '@hemline/telemetry';
import * as inbox from './inbox.store.ts';

type Options = {
  readonly app: string;
  readonly database: Queryable;
  readonly metrics: MetricsRegistry;
  /** As of when all of a topic was applied here; undefined while that is not known. */
  readonly watermark: (topic: string) => Date | undefined;
  readonly now?: () => number;
};

type Follower = { readonly name: CopyName; readonly topic: string };

const followersOf = (app: string): Follower[] =>
  (Object.entries(copies) as [CopyName, Copy][]).flatMap(([name, { holder, topic }]) =>
    holder === app && topic !== undefined ? [{ name, topic }] : [],
  );

/**
 * The copies of others' facts that an app keeps, and as of when each is known to be right. That says
 * nothing of a parked aggregate, whose copy stands still: those are counted beside, and reads leave
 * them out.
 */
export class Copies {
  private readonly ages: CopyAges;
  private readonly topics: ReadonlyMap<CopyName, string>;
  private readonly now: () => number;
  private readonly startedAt: number;

  constructor(private readonly options: Options) {
    this.now = options.now ?? Date.now;
    this.startedAt = this.now();
    this.ages = new CopyAges(options.metrics, this.now);
    this.topics = new Map(followersOf(options.app).map(({ name, topic }) => [name, topic]));
    this.exportAges();
    this.exportParked();
  }

  /**
   * Whatever the owner had committed before then is in the copy, for a read that begins now; undefined
   * while that is not known.
   */
  knownAt(name: CopyName): Date | undefined {
    const topic = this.topics.get(name);
    return topic === undefined ? undefined : this.options.watermark(topic);
  }

  /** The same in milliseconds, to count ages from: a copy of which nothing is known is as old as this. */
  countsFrom(name: CopyName): number {
    return this.knownAt(name)?.getTime() ?? this.startedAt;
  }

  /** An answer leaves that was made of the copy when it counted from then. */
  observe(name: CopyName, countsFrom: number): void {
    this.ages.observe(name, countsFrom);
  }

  private exportAges(): void {
    const gauge = new Gauge({
      name: 'copy_age_seconds',
      help: 'Since when something may have changed at the owner of a copied fact and is not here',
      labelNames: ['copy'],
      registers: [this.options.metrics],
      collect: () => {
        for (const name of this.topics.keys()) {
          gauge.set({ copy: name }, Math.max(0, this.now() - this.countsFrom(name)) / 1000);
        }
      },
    });
  }

  private exportParked(): void {
    const { database, metrics } = this.options;
    const gauge = new Gauge({
      name: 'parked_aggregates',
      help: 'Aggregates whose copy stands still behind a dead letter',
      labelNames: ['topic'],
      registers: [metrics],
      collect: async () => {
        // A database that is away must not hide the other metrics.
        const parked = await inbox.countParked(database).catch(() => undefined);
        if (!parked) return;
        for (const topic of this.topics.values()) gauge.set({ topic }, parked.get(topic) ?? 0);
      },
    });
  }
}
