import { setTimeout as sleep } from 'node:timers/promises';
import { type Topic, type TopicName, topics as declared } from '@hemline/contracts';
import type { Database, Transaction } from '@hemline/postgres';
import type { EventServer } from '../event-server.ts';
import type { ReceivedMessage, Transport } from '../transports/transport.ts';
import * as letters from './dead-letters.store.ts';
import { resend } from './resend.ts';

/**
 * The tables that hold nothing but copies of what a topic tells. They can be emptied and made again by
 * its events. What is done once and not copied, such as taking what was bought out of a cart, is none.
 */
export type Projections = Readonly<Partial<Record<TopicName, readonly string[]>>>;

export type ReplayOptions = {
  readonly group: string;
  readonly server: EventServer;
  readonly database: Database;
  readonly transport: Transport;
  readonly projections: Projections;
  /** `earliest` makes the projections anew; a time reads again what was told since. */
  readonly from: 'earliest' | Date;
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it after the batch in hand. */
  readonly signal?: AbortSignal;
};

export type Replayed = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly events: number;
  readonly deadLetters: number;
  /** False if it was stopped before it had caught up. */
  readonly isWhole: boolean;
  /** Topics of which the beginning is not kept any more, though all of it counts. */
  readonly cut: readonly string[];
};

/** More than a running service takes at once: nobody waits for one event here. */
const maxBatch = 1000;
const lookMs = 250;
/** A log that is away for a moment, as while it restarts, does not end a replay. */
const patienceMs = 60_000;

/**
 * From the beginning: the group goes back, the projections are emptied together with all that is known
 * of what was applied to them, and every event is applied again by the app's own handlers. From a time:
 * the group goes back, and what had its effect is dropped as it always is.
 *
 * Killed on any line, it can be run again, and the service can be started instead: either finds the
 * group where it stands, and goes on. That is why the group is moved before anything is emptied; and
 * why once more after it, as that fails if the service was started in between and may have passed over
 * events whose effect was then emptied.
 */
export const replay = async (options: ReplayOptions): Promise<Replayed> => {
  const { group, server, database, transport, projections, from } = options;
  const topics = from === 'earliest' ? Object.keys(projections) : server.topics;
  await transport.seek(group, topics, from);
  if (from === 'earliest') {
    await database.transaction((tx) => empty(tx, projections));
    await transport.seek(group, topics, from);
  }
  const read = await new Reader(options, topics).readToEnd();
  if (from === 'earliest' && read.isWhole) await resendAll(options, topics);
  return { group, topics, ...read, deadLetters: await letters.count(database) };
};

/**
 * Ids are forgotten of all topics, since they do not say which they belong to. The versions of the
 * others stay, and keep what was applied from being applied again.
 */
const empty = async (tx: Transaction, projections: Projections): Promise<void> => {
  const topics = Object.keys(projections);
  await tx.query({ text: 'set local statement_timeout = 0' });
  for (const table of Object.values(projections).flat())
    await tx.query({ text: `delete from ${table}` });
  for (const table of ['aggregate_cursors', 'parked_aggregates', 'dead_letters', 'copy_watermarks'])
    await tx.query({ text: `delete from ${table} where topic = any($1)`, values: [topics] });
  await tx.query({ text: 'delete from inbox' });
};

/** What was dead before and was sent again since must not be dead because it was read again. */
const resendAll = async (
  { server, database }: ReplayOptions,
  topics: readonly string[],
): Promise<void> => {
  for (const key of await letters.findParked(database, topics)) await resend(server, database, key);
};

/** Reads as the group until it has caught up. */
class Reader {
  private done = 0;
  private left = 0;
  private lookedAt = performance.now();
  private readonly first = new Map<string, { readonly topic: string; readonly offset: bigint }>();

  constructor(
    private readonly options: ReplayOptions,
    private readonly topics: readonly string[],
  ) {}

  async readToEnd(): Promise<Pick<Replayed, 'events' | 'cut' | 'isWhole'>> {
    const { group, transport, onProgress } = this.options;
    const total = await this.behind();
    this.left = total;
    const subscription = transport.subscribe({
      group,
      topics: this.topics,
      maxBatch,
      onBatch: (batch) => this.take(batch),
    });
    try {
      while (this.left > 0 && !this.isStopped) {
        await sleep(lookMs);
        await this.look();
        onProgress?.(this.done, Math.max(total, this.done + this.left));
      }
    } finally {
      await subscription.close();
    }
    return { events: this.done, isWhole: this.left === 0, cut: this.findCut() };
  }

  private async look(): Promise<void> {
    try {
      this.left = await this.behind();
      this.lookedAt = performance.now();
    } catch (error) {
      if (performance.now() - this.lookedAt > patienceMs) throw error;
    }
  }

  /** Where all that was told counts, it has to begin with what was told first. */
  private findCut(): string[] {
    if (this.options.from !== 'earliest') return [];
    const all = declared as Readonly<Record<string, Topic>>;
    const cut = [...this.first.values()]
      .filter(({ topic, offset }) => offset > 0n && all[topic]?.keeps === 'all')
      .map(({ topic }) => topic);
    return [...new Set(cut)];
  }

  private get isStopped(): boolean {
    return this.options.signal?.aborted ?? false;
  }

  private async take(batch: readonly ReceivedMessage[]): Promise<void> {
    await this.options.server.receive(batch);
    this.done += batch.length;
    for (const { topic, partition, offset } of batch) {
      const name = `${topic} ${partition}`;
      if (!this.first.has(name)) this.first.set(name, { topic, offset });
    }
  }

  private async behind(): Promise<number> {
    const lag = await this.options.transport.lag(this.options.group);
    return this.topics.reduce((sum, topic) => sum + (lag[topic] ?? 0), 0);
  }
}
