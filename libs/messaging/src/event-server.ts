import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { type Database, type Transaction, isUnavailable } from '@hemline/postgres';
import {
  Counter,
  Histogram,
  type Logger,
  type MetricsRegistry,
  withRemoteTrace,
} from '@hemline/telemetry';
import { BaseRpcContext, EventPattern, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { Decoder, Poison } from './decode.ts';
import { hourly } from './hourly.ts';
import * as inbox from './inbox.store.ts';
import { exportLag } from './lag.ts';
import { backoffMs, maxAttempts } from './retry.ts';
import { SharedWatermarks } from './shared-watermarks.ts';
import type { Message, ReceivedMessage, Subscription, Transport } from './transports/transport.ts';

/** What a handler gets beside the event: the transaction in which the whole batch takes effect. */
export class EventContext extends BaseRpcContext<[Transaction]> {
  get tx(): Transaction {
    return this.getArgByIndex(0) as Transaction;
  }
}

/**
 * For a handler that takes neighbouring events of one type at once, in their order, where one
 * statement can do for many: its payload is an array. `@EventPattern` takes them one by one.
 */
export const EventBatchPattern = (type: string): MethodDecorator =>
  EventPattern<string>(type, { takesBatch: true });

export type EventServerOptions = {
  readonly app: string;
  readonly database: Database;
  readonly transport: Transport;
  readonly topics: readonly string[];
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
};

/** At most so many events share one transaction. */
const maxBatch = 200;

type Outcome = 'applied' | 'duplicate' | 'gap' | 'parked' | 'poison';

/**
 * Nest's side of the transport. Delivery is at least once, the effect is once: the ids of a batch are
 * claimed in the inbox, versions are checked, and handlers run, all in one transaction, and only then
 * is the batch committed to the transport. What is unreadable becomes a dead letter in its place in
 * that transaction. A batch that fails is done again one event at a time, so that a bad one costs only
 * itself: refused by the domain, it becomes a dead letter at once; failing otherwise, after capped
 * retries in place, which keep the order. The aggregate of a dead letter is parked, and later events of
 * it wait among the dead letters, while all others flow. While our own
 * database is away no event is to blame: the batch is left with the transport, which brings it again.
 */
export class EventServer extends Server {
  override readonly propagatesEventHandlerErrors = true;
  private subscription: Subscription | undefined;
  private watermarks: SharedWatermarks | undefined;
  private stopSweeping = (): void => {};
  private decoder: Decoder | undefined;
  private readonly outcomes: Counter;
  private readonly deaths: Counter;
  private readonly age: Histogram;

  constructor(private readonly options: EventServerOptions) {
    super();
    this.outcomes = new Counter({
      name: 'events_received_total',
      help: 'Events by what became of them: applied, duplicate, ignored, dead',
      labelNames: ['topic', 'outcome'],
      registers: [options.metrics],
    });
    this.deaths = new Counter({
      name: 'events_dead_total',
      help: 'Dead letters by reason: malformed, misplaced, too_new, too_large, refused, failed, gap, parked',
      labelNames: ['topic', 'reason'],
      registers: [options.metrics],
    });
    this.age = new Histogram({
      name: 'event_age_when_applied_seconds',
      help: 'From the commit of a fact at its owner to its copy here',
      labelNames: ['topic'],
      buckets: [0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 60],
      registers: [options.metrics],
    });
  }

  override listen(callback: () => void): void {
    if (this.options.topics.length > 0) {
      this.subscription = this.options.transport.subscribe({
        group: this.options.app,
        topics: this.options.topics,
        maxBatch,
        onBatch: (batch) => this.receive(batch),
      });
      const { app, database, logger, metrics, topics, transport } = this.options;
      exportLag({ group: app, topics, transport, metrics });
      const { subscription } = this;
      this.watermarks = new SharedWatermarks({ topics, subscription, database, logger });
      this.stopSweeping = hourly('forgetting old event ids', logger, () => inbox.sweep(database));
    }
    callback();
  }

  override async close(): Promise<void> {
    this.stopSweeping();
    await this.watermarks?.close();
    await this.subscription?.close();
    this.subscription = undefined;
  }

  /** For readiness: throws until the log of events was reached once. */
  ping(): Promise<void> {
    return (this.subscription ?? this.options.transport).ping();
  }

  /**
   * All that a topic's owner had committed before then was applied to the app's database, by this
   * instance or others, or is a dead letter.
   */
  watermark(topic: string): Date | undefined {
    return this.watermarks?.of(topic);
  }

  override on(): never {
    throw new Error('the event server has no client events');
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the base class has it so
  override unwrap<T>(): T {
    return this.options.transport as T;
  }

  /** Topics that this app reads. */
  get topics(): readonly string[] {
    return this.options.topics;
  }

  /** Applies a batch once, as the transport hands it over; a replay hands over its own. */
  async receive(batch: readonly ReceivedMessage[]): Promise<void> {
    try {
      await this.apply(batch);
    } catch (err) {
      this.options.logger.warn(
        { err, events: batch.length },
        'a batch of events failed; each is tried alone',
      );
      for (const message of batch) await this.receiveAlone(message);
    }
  }

  private async receiveAlone(message: ReceivedMessage): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.apply([message]);
        return;
      } catch (error) {
        if (isUnavailable(error)) throw error;
        if (error instanceof DomainError || attempt >= maxAttempts) {
          await this.bury(message, error as Error);
          return;
        }
        await sleep(backoffMs(attempt));
      }
    }
  }

  /**
   * One transaction: claim, check versions, handle, move the cursors. An event of a type that nobody
   * handles here moves them too, or the next one of its aggregate would look like one after a gap.
   */
  private async apply(batch: readonly ReceivedMessage[]): Promise<void> {
    const received = batch.map((message) => this.read(message));
    const outcomes = await this.options.database.transaction((tx) => this.handleAll(tx, received));
    for (const each of received) this.observe(each, outcomes.get(each) ?? 'duplicate');
  }

  private read(message: ReceivedMessage): Received | Unreadable {
    try {
      return { message, event: this.decode(message) };
    } catch (error) {
      if (error instanceof Poison) return { message, poison: error };
      throw error;
    }
  }

  private observe(each: Received | Unreadable, outcome: Outcome): void {
    const { topic, key } = each.message;
    if ('poison' in each) {
      if (outcome === 'poison') this.tellDeath(topic, key, each.poison);
      else this.outcomes.labels(topic, 'duplicate').inc();
      return;
    }
    const { event } = each;
    if (outcome === 'gap' || outcome === 'parked') {
      this.countDeath(topic, outcome);
      return;
    }
    const isHandled = this.messageHandlers.has(event.type);
    this.outcomes.labels(topic, isHandled ? outcome : 'ignored').inc();
    if (isHandled && outcome === 'applied')
      this.age.labels(topic).observe((Date.now() - Date.parse(event.time)) / 1000);
  }

  private async handleAll(
    tx: Transaction,
    received: readonly (Received | Unreadable)[],
  ): Promise<Map<Received | Unreadable, Outcome>> {
    const readable = received.filter((each) => 'event' in each);
    const claimed = await inbox.claim(
      tx,
      readable.map(({ event }) => event.id),
    );
    const cursors = await inbox.lockCursors(
      tx,
      received.map(({ message }) => message),
    );
    const outcomes = new Map<Received | Unreadable, Outcome>();
    for (const each of received) {
      const outcome =
        'poison' in each
          ? await judgeUnreadable(tx, each, cursors)
          : await judge(tx, each, { claimed, cursors });
      outcomes.set(each, outcome);
    }
    const applied = readable.filter((each) => outcomes.get(each) === 'applied');
    for (const run of this.toRuns(applied.map(({ event }) => event))) await this.handle(tx, run);
    await inbox.saveCursors(tx, applied);
    return outcomes;
  }

  private takesBatch(type: string): boolean {
    return this.messageHandlers.get(type)?.extras?.['takesBatch'] === true;
  }

  /** Neighbours of one type together, where their handler takes them so. */
  private toRuns(applied: readonly Envelope[]): Envelope[][] {
    const runs: Envelope[][] = [];
    for (const event of applied) {
      const last = runs.at(-1);
      if (last?.[0]?.type === event.type && this.takesBatch(event.type)) last.push(event);
      else runs.push([event]);
    }
    return runs;
  }

  /** The event of a message; throws if it is none that can be read here. */
  decode(message: Message): Envelope {
    this.decoder ??= new Decoder(this.options.topics, this.messageHandlers.keys());
    return this.decoder.decode(message);
  }

  /**
   * Calls the app's own handler for events of one type, and checks nothing. One event has the trace of
   * what caused it; many have many, and none is theirs alone.
   */
  async handle(tx: Transaction, run: readonly Envelope[]): Promise<void> {
    const [event] = run;
    const handler = event && this.messageHandlers.get(event.type);
    if (!handler) return;
    const payload = this.takesBatch(event.type) ? run : event;
    await withRemoteTrace(run.length === 1 ? event.traceparent : undefined, async () => {
      const result: unknown = await handler(payload, new EventContext([tx]));
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    });
  }

  private async bury(message: ReceivedMessage, error: Error): Promise<void> {
    const { topic, key } = message;
    const isNew = await this.options.database.transaction(async (tx) => {
      if (await inbox.isPassed(tx, message)) return false;
      await inbox.buryAndPark(tx, message, error.message);
      return true;
    });
    if (!isNew) {
      this.outcomes.labels(topic, 'duplicate').inc();
      return;
    }
    this.tellDeath(topic, key, error);
  }

  private tellDeath(topic: string, key: string, err: Error): void {
    this.options.logger.error({ err, topic, key }, 'an event became a dead letter');
    this.countDeath(topic, reasonOf(err));
  }

  private countDeath(topic: string, reason: string): void {
    this.outcomes.labels(topic, 'dead').inc();
    this.deaths.labels(topic, reason).inc();
  }
}

export type Received = { readonly message: ReceivedMessage; readonly event: Envelope };

type Unreadable = { readonly message: ReceivedMessage; readonly poison: Poison };
type Cursors = Map<string, inbox.Cursor>;

/** What becomes of an event, by where its aggregate stands; a dead one is buried. */
const judge = async (
  tx: Transaction,
  { message, event }: Received,
  { claimed, cursors }: { readonly claimed: Set<string>; readonly cursors: Cursors },
): Promise<Outcome> => {
  const key = inbox.keyOf(message);
  const cursor = cursors.get(key);
  if (!claimed.delete(event.id) || (cursor && event.version <= cursor.version)) return 'duplicate';
  if (cursor?.isParked && (await inbox.isStillParked(tx, message))) {
    await inbox.bury(tx, message, event.id, 'its aggregate is parked');
    return 'parked';
  }
  if (cursor && event.version > cursor.version + 1) {
    await inbox.buryAndPark(tx, message, `version ${event.version} came after ${cursor.version}`);
    cursors.set(key, { version: cursor.version, isParked: true });
    return 'gap';
  }
  cursors.set(key, { version: event.version, isParked: false });
  return 'applied';
};

const judgeUnreadable = async (
  tx: Transaction,
  { message, poison }: Unreadable,
  cursors: Cursors,
): Promise<Outcome> => {
  const key = inbox.keyOf(message);
  const cursor = cursors.get(key);
  if (await inbox.isPassed(tx, message, cursor)) return 'duplicate';
  await inbox.buryAndPark(tx, message, poison.message);
  cursors.set(key, { version: cursor?.version ?? 0, isParked: true });
  return 'poison';
};

const reasonOf = (error: Error): string => {
  if (error instanceof Poison) return error.kind;
  return error instanceof DomainError ? 'refused' : 'failed';
};
