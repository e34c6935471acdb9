import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '@hemline/telemetry';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { Pause } from '../pause.ts';
import { backoffMs } from '../retry.ts';
import type { ReceivedMessage } from './transport.ts';

/** The part of the library's batch of one partition that is used here. */
export type Payload = Pick<
  EachBatchPayload,
  'resolveOffset' | 'heartbeat' | 'commitOffsetsIfNecessary' | 'isRunning' | 'isStale'
> & {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly messages: readonly KafkaMessage[];
  };
};

type Waiting = {
  readonly payload: Payload;
  /** The topic as we call it, without the prefix. */
  readonly topic: string;
  next: number;
  readonly done: PromiseWithResolvers<void>;
};

type Options = {
  readonly maxBatch: number;
  readonly prefix: string;
  readonly heartbeatMs: number;
  readonly logger: Logger;
  readonly onBatch: (batch: readonly ReceivedMessage[]) => Promise<void>;
  /** After a commit: what the partition's next offset is. */
  readonly onHandled: (topic: string, partition: number, next: bigint) => void;
};

/** What the library may see of our failures: a bare SyntaxError would stop its consumer for good. */
export class NotHandled extends Error {}

/**
 * The library hands over one partition's messages at a time, and works on many partitions at once. All
 * that wait at one moment become one batch, so that many partitions share one transaction and one
 * commit; a batch that fails comes again, and nothing of its partitions before it. While one is in
 * hand the group hears from us, however long it takes.
 */
export class Batches {
  private waiting: Waiting[] = [];
  private pumping: Promise<void> | undefined;
  private isPaused = false;
  private isStopped = false;
  /** Why these partitions may be someone else's by now. */
  private lost: Error | undefined;
  private readonly pause = new Pause();

  constructor(private readonly options: Options) {}

  get isIdle(): boolean {
    return this.waiting.length === 0;
  }

  /** Resolves once all of it was handled, or when it is to be left to whoever reads next. */
  take(payload: Payload): Promise<void> {
    const topic = payload.batch.topic.slice(this.options.prefix.length);
    const waiting: Waiting = { payload, topic, next: 0, done: Promise.withResolvers() };
    this.waiting.push(waiting);
    this.pumping ??= this.pump();
    return waiting.done.promise;
  }

  /** Once nothing is in hand. */
  async whenIdle(): Promise<void> {
    await this.pumping;
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.pause.wake();
  }

  /** The batch in hand is finished; the rest is left. */
  stop(): void {
    this.isStopped = true;
    this.pause.wake();
  }

  private async pump(): Promise<void> {
    const stopBeating = this.beat();
    try {
      // What comes in the same turn goes along.
      await nextTurn();
      while (this.dropLeft()) {
        await this.handleSome();
        await nextTurn();
      }
    } catch (error) {
      this.giveUp(error as Error);
    } finally {
      stopBeating();
      this.lost = undefined;
      this.pumping = undefined;
    }
  }

  /** Whether there is something left to do. */
  private dropLeft(): boolean {
    if (this.lost) throw this.lost;
    const { waiting } = this;
    const isOver = this.isStopped || waiting.some(({ payload }) => !payload.isRunning());
    const left = waiting.filter(({ payload }) => isOver || payload.isStale());
    for (const { done } of left) done.resolve();
    this.waiting = waiting.filter((each) => !left.includes(each));
    return this.waiting.length > 0;
  }

  private async handleSome(): Promise<void> {
    while (this.isPaused && !this.isStopped && !this.lost) await this.pause.sleep(1000);
    if (!this.dropLeft()) return;
    const shares = shareOf(this.waiting, this.options.maxBatch);
    if (!(await this.handle(shares))) return;
    await this.commit(shares);
    for (const { from, count } of shares) {
      from.next += count;
      const last = from.payload.batch.messages[from.next - 1];
      if (!last) continue;
      from.payload.resolveOffset(last.offset);
      const { partition } = from.payload.batch;
      this.options.onHandled(from.topic, partition, BigInt(last.offset) + 1n);
      if (from.next === from.payload.batch.messages.length) from.done.resolve();
    }
    this.waiting = this.waiting.filter(({ next, payload }) => next < payload.batch.messages.length);
  }

  /** Until it was handled; false if someone else shall. */
  private async handle(shares: readonly Share[]): Promise<boolean> {
    const batch = shares.flatMap(messagesOf);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.options.onBatch(batch);
        return true;
      } catch (err) {
        if (attempt === 1) this.options.logger.warn({ err }, 'a batch of events comes again');
      }
      await this.pause.sleep(backoffMs(attempt));
      const isLeft = ({ from }: Share): boolean =>
        !from.payload.isRunning() || from.payload.isStale();
      if (this.isStopped || this.lost || shares.some(isLeft)) return false;
    }
  }

  /** Until it is written, or the partitions are not ours any more. */
  private async commit(shares: readonly Share[]): Promise<void> {
    const [first] = shares;
    if (!first) return;
    const offsets = toOffsets(shares);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await first.from.payload.commitOffsetsIfNecessary(offsets);
        return;
      } catch (error) {
        this.notice(error as Error);
        if (this.lost) throw this.lost;
        if (this.isStopped && attempt > 3) throw error;
        this.options.logger.debug({ err: error }, 'a commit of offsets failed, and is tried again');
      }
      await this.pause.sleep(backoffMs(attempt));
    }
  }

  /** What is heard after this work has ended is about partitions that are not held any more. */
  private beat(): () => void {
    let isOver = false;
    const timer = setInterval(() => {
      this.waiting[0]?.payload.heartbeat().catch((error: Error) => {
        if (isOver) return;
        this.notice(error);
        if (this.lost) this.pause.wake();
      });
    }, this.options.heartbeatMs);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }

  /** A group that divides its partitions anew, or has given us up; not a broker that is away. */
  private notice(error: Error): void {
    const { type } = error as { type?: string };
    if (type !== undefined && membershipErrors.has(type)) this.lost ??= error;
  }

  private giveUp(error: Error): void {
    const isTheirs = error === this.lost;
    const reason = isTheirs ? error : new NotHandled(error.message, { cause: error });
    for (const { done } of this.waiting) done.reject(reason);
    this.waiting = [];
  }
}

const membershipErrors = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

type Share = { readonly from: Waiting; readonly count: number };

/** Equal shares of each partition first, so that a busy one does not keep the others waiting. */
const shareOf = (waiting: readonly Waiting[], maxBatch: number): Share[] => {
  const equal = Math.max(1, Math.floor(maxBatch / waiting.length));
  const left = ({ payload, next }: Waiting): number => payload.batch.messages.length - next;
  const chosen = waiting.slice(0, maxBatch);
  const counts = chosen.map((each) => Math.min(equal, left(each)));
  let free = maxBatch - counts.reduce((a, b) => a + b, 0);
  return chosen.map((from, i) => {
    const count = counts[i] ?? 0;
    const more = Math.min(free, left(from) - count);
    free -= more;
    return { from, count: count + more };
  });
};

const messagesOf = ({ from, count }: Share): ReceivedMessage[] => {
  const { partition, messages } = from.payload.batch;
  return messages.slice(from.next, from.next + count).map(({ key, value, offset }) => ({
    topic: from.topic,
    partition,
    offset: BigInt(offset),
    key: key?.toString() ?? '',
    value: value?.toString() ?? '',
  }));
};

const toOffsets = (shares: readonly Share[]): { topics: TopicOffsets[] } => {
  const topics = new Map<string, TopicOffsets['partitions']>();
  for (const { from, count } of shares) {
    const { topic, partition, messages } = from.payload.batch;
    const last = messages[from.next + count - 1];
    if (!last) continue;
    const offset = `${BigInt(last.offset) + 1n}`;
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset }]);
  }
  return { topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) };
};

type TopicOffsets = { topic: string; partitions: { partition: number; offset: string }[] };
