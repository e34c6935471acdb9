import type { Logger } from '@hemline/telemetry';
import type { Consumer } from 'kafkajs';
import { SessionLoop } from '../session-loop.ts';
import { within } from '../within.ts';
import { isWatermarks, makeAssigner } from './kafka.assigner.ts';
import { Batches, type Payload } from './kafka.batches.ts';
import { Connections, makeClient, pingMs, retryForEver } from './kafka.client.ts';
import type { Place } from './kafka.groups.ts';
import type { KafkaSettings } from './kafka.settings.ts';
import { ownerOf, watermarkTopicOf } from './kafka.topics.ts';
import { Progress, decodeMark } from './kafka.watermarks.ts';
import type { SubscribeOptions, Subscription } from './transport.ts';

type Options = SubscribeOptions & {
  readonly app: string;
  readonly settings: KafkaSettings;
  readonly logger: Logger;
  /** Throws unless the log is reached and its topics are as declared. */
  readonly checkTopics: () => Promise<void>;
  /** Gives a group that has no place yet its first one. */
  readonly begin: () => Promise<void>;
  /** Where the group stands. */
  readonly places: () => Promise<readonly Place[]>;
};

/** A member that was not heard of for so long has lost its partitions; so on either transport. */
const sessionMs = 10_000;
const heartbeatMs = 2000;
/** A member that shall give partitions back may first finish what it has in hand. */
const rebalanceMs = 60_000;
/** A fetch that finds nothing waits for so long; leaving a group waits for it. */
const fetchWaitMs = 500;
const bytesPerPartition = 512 * 1024;
const bytesPerFetch = 4 * 1024 * 1024;
/** Messages that wait for so long, while nothing is in hand, are a reader that has stopped. */
const stuckMs = 60_000;
const lookMs = 5000;
const disconnectMs = 3000;

/**
 * One member of a group. A session is one consumer of the library; while the broker is away it stays
 * the same one, as a new one would wait until the group gives the old one up. What ends it for good
 * begins another session.
 */
export class KafkaSubscription implements Subscription {
  private readonly loop: SessionLoop;
  private readonly progress = new Progress();
  private batches: Batches | undefined;
  private connections = new Connections();
  /** Whether this session has joined the group. */
  private isMember = false;
  private isReached = false;
  private isPaused = false;
  private movedAt = 0;

  constructor(private readonly options: Options) {
    this.loop = new SessionLoop({
      logger: options.logger,
      complaint: 'events stopped coming, and are tried again',
      session: (onSuccess) => this.session(onSuccess),
    });
  }

  start(): void {
    this.loop.start();
  }

  async ping(): Promise<void> {
    if (this.isReached) return;
    await within(pingMs, this.options.checkTopics(), 'Kafka does not answer');
    throw new Error('no event could be received yet');
  }

  pause(): void {
    this.isPaused = true;
    this.batches?.setPaused(true);
  }

  resume(): void {
    this.isPaused = false;
    this.movedAt = Date.now();
    this.batches?.setPaused(false);
  }

  watermark(topic: string): Date | undefined {
    return this.progress.watermark(ownerOf(topic), topic);
  }

  held(topic: string): ReadonlyMap<number, Date | undefined> {
    const time = this.watermark(topic);
    return new Map(this.progress.held(topic).map((partition) => [partition, time]));
  }

  close(): Promise<void> {
    this.batches?.stop();
    if (!this.isMember) this.connections.close();
    return this.loop.stop();
  }

  private async session(onSuccess: () => void): Promise<void> {
    await this.options.checkTopics();
    await this.options.begin();
    if (!this.loop.isRunning) return;
    const connections = new Connections();
    this.connections = connections;
    this.isMember = false;
    this.movedAt = Date.now();
    const consumer = this.makeConsumer(connections);
    const batches = this.makeBatches();
    const failures: Error[] = [];
    const fail = (error: Error): void => {
      failures.push(error);
      this.loop.pause.wake();
    };
    const { CRASH, FETCH, GROUP_JOIN, REQUEST_TIMEOUT } = consumer.events;
    consumer.on(CRASH, ({ payload }) => fail(payload.error));
    consumer.on(REQUEST_TIMEOUT, ({ payload }) => connections.cut(payload.broker));
    consumer.on(GROUP_JOIN, ({ payload }) => void this.hold(payload.memberAssignment));
    consumer.on(FETCH, () => onSuccess());
    try {
      await this.run(consumer, batches, fail);
      while (this.loop.isRunning && failures.length === 0) {
        await this.loop.pause.sleep(lookMs);
        if (await this.isStuck(batches)) fail(new Error('messages wait, and none comes'));
      }
      if (failures[0]) throw failures[0];
    } finally {
      batches.stop();
      await batches.whenIdle();
      await within(disconnectMs, consumer.disconnect()).catch(() => {});
      connections.close();
    }
  }

  private makeConsumer(connections: Connections): Consumer {
    const { app, settings, logger, group } = this.options;
    return makeClient(settings, { name: app, logger, connections, isPatient: true }).consumer({
      groupId: (settings.prefix ?? '') + group,
      sessionTimeout: sessionMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: rebalanceMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytesPerPartition: bytesPerPartition,
      maxBytes: bytesPerFetch,
      allowAutoTopicCreation: false,
      partitionAssigners: [makeAssigner],
      retry: { ...retryForEver, restartOnFailure: async () => false },
    });
  }

  private makeBatches(): Batches {
    const { settings, logger, maxBatch, onBatch } = this.options;
    const batches = new Batches({
      maxBatch,
      onBatch,
      logger,
      heartbeatMs,
      prefix: settings.prefix ?? '',
      onHandled: (topic, partition, next) => {
        this.movedAt = Date.now();
        this.progress.moveTo(topic, partition, next);
      },
    });
    batches.setPaused(this.isPaused);
    this.batches = batches;
    return batches;
  }

  /** Joining can take as long as others have something in hand, so that nobody waits for it here. */
  private async run(
    consumer: Consumer,
    batches: Batches,
    fail: (error: Error) => void,
  ): Promise<void> {
    const prefix = this.options.settings.prefix ?? '';
    const { topics } = this.options;
    const owners = [...new Set(topics.map(ownerOf))];
    await consumer.connect();
    await consumer.subscribe({
      topics: topics.map((topic) => prefix + topic),
      fromBeginning: true,
    });
    await consumer.subscribe({ topics: owners.map((app) => prefix + watermarkTopicOf(app)) });
    // A group whose last member was killed gives its partitions up after ten seconds only. Copies are
    // older by that, which they say; their service need not keep others waiting for it.
    this.isReached = true;
    consumer
      .run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 64,
        eachBatch: (payload) =>
          isWatermarks(payload.batch.topic) ? this.readMarks(payload) : batches.take(payload),
      })
      .catch(fail);
  }

  private async readMarks({ batch, resolveOffset }: Payload): Promise<void> {
    const owner = ownerOf(batch.topic.slice((this.options.settings.prefix ?? '').length));
    for (const { value, offset } of batch.messages) {
      const mark = decodeMark(value?.toString() ?? '');
      if (mark) this.progress.add(owner, mark);
      resolveOffset(offset);
    }
  }

  private async hold(assigned: Readonly<Record<string, readonly number[]>>): Promise<void> {
    const { length } = this.options.settings.prefix ?? '';
    this.isMember = true;
    this.movedAt = Date.now();
    this.progress.hold(
      Object.fromEntries(
        Object.entries(assigned).map(([name, held]) => [name.slice(length), held]),
      ),
    );
    try {
      for (const { topic, partition, next } of await this.options.places()) {
        this.progress.moveTo(topic.slice(length), partition, next);
      }
    } catch (err) {
      this.options.logger.debug({ err }, 'where the group stands could not be read');
    }
  }

  private async isStuck(batches: Batches): Promise<boolean> {
    const now = Date.now();
    if (this.isPaused || !batches.isIdle) this.movedAt = now;
    if (now - this.movedAt < stuckMs) return false;
    this.movedAt = now;
    const { length } = this.options.settings.prefix ?? '';
    const places = await this.options.places().catch(() => []);
    return places.some(
      ({ topic, partition, next, end }) =>
        next < end && this.progress.holds(topic.slice(length), partition),
    );
  }
}
