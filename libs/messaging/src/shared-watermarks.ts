import { topics as declared } from '@hemline/contracts';
import type { Queryable } from '@hemline/postgres';
import type { Logger } from '@hemline/telemetry';
import type { Subscription } from './transports/transport.ts';

type Options = {
  readonly topics: readonly string[];
  readonly subscription: Pick<Subscription, 'held'>;
  readonly database: Queryable;
  readonly logger: Logger;
};

type Claim = { readonly topic: string; readonly partition: number; readonly time: Date };

/** It adds to the age of copies where readers share a topic. */
const everyMs = 250;

const partitionsOf = (topic: string): number =>
  (declared as Readonly<Record<string, { readonly partitions: number }>>)[topic]?.partitions ?? 0;

/** Undefined where there are fewer than there should be. */
const leastOf = (times: readonly (Date | undefined)[], count: number): Date | undefined => {
  let least: Date | undefined;
  for (const time of times) {
    if (!time) return undefined;
    if (!least || time < least) least = time;
  }
  return times.length === count ? least : undefined;
};

/**
 * As of when all of a topic was applied to the app's database, whichever of its instances did it. One
 * that reads all partitions knows by itself. Several tell each other by their database, where the
 * copies are as well, and each knows what the slowest of them has done.
 */
export class SharedWatermarks {
  private readonly known = new Map<string, Date>();
  private readonly timer: NodeJS.Timeout;
  private telling: Promise<void> | undefined;

  constructor(private readonly options: Options) {
    this.timer = setInterval(() => {
      this.telling ??= this.tell();
    }, everyMs);
  }

  of(topic: string): Date | undefined {
    const held = this.options.subscription.held(topic);
    this.keep(topic, leastOf([...held.values()], partitionsOf(topic)));
    return this.known.get(topic);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
  }

  /** What was known once stays true, and is only ever exceeded. */
  private keep(topic: string, time: Date | undefined): void {
    const before = this.known.get(topic);
    if (time && (!before || before < time)) this.known.set(topic, time);
  }

  private async tell(): Promise<void> {
    const { topics, subscription, database, logger } = this.options;
    const shared = topics.filter((topic) => subscription.held(topic).size < partitionsOf(topic));
    try {
      if (shared.length === 0) return;
      const claims = shared.flatMap((topic): Claim[] =>
        [...subscription.held(topic)].flatMap(([partition, time]) =>
          time ? [{ topic, partition, time }] : [],
        ),
      );
      for (const { topic, partitions, known_at } of await exchange(database, shared, claims))
        if (partitions === partitionsOf(topic)) this.keep(topic, known_at);
    } catch (err) {
      logger.debug({ err }, 'how far others have read is not known; copies grow old meanwhile');
    } finally {
      this.telling = undefined;
    }
  }
}

type Shared = { readonly topic: string; readonly partitions: number; readonly known_at: Date };

/** In the order of partitions, so that two who write the same ones do not wait for each other in turn. */
const exchange = async (
  db: Queryable,
  topics: readonly string[],
  claims: readonly Claim[],
): Promise<Shared[]> => {
  const { rows } = await db.query<Shared>({
    name: 'copy_watermarks.exchange',
    text: `with told as (
             insert into copy_watermarks as w (topic, partition, known_at)
             select * from unnest($2::text[], $3::int[], $4::timestamptz[]) order by 1, 2
             on conflict (topic, partition) do update
               set known_at = greatest(w.known_at, excluded.known_at)
           )
           select topic, count(*)::int as partitions, min(known_at) as known_at
           from copy_watermarks where topic = any ($1) group by topic`,
    values: [
      topics,
      claims.map(({ topic }) => topic),
      claims.map(({ partition }) => partition),
      claims.map(({ time }) => time),
    ],
  });
  return rows;
};
