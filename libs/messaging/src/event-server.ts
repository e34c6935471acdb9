import { setTimeout as sleep } from 'node:timers/promises';
import { type Envelope, envelopeSchema, events } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import type { Database, Transaction } from '@hemline/postgres';
import {
  Counter,
  Histogram,
  type Logger,
  type MetricsRegistry,
  withRemoteTrace,
} from '@hemline/telemetry';
import { BaseRpcContext, EventPattern, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { hourly } from './hourly.ts';
import * as inbox from './inbox.store.ts';
import { backoffMs, maxAttempts } from './retry.ts';
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

const schemas = new Map(Object.values(events).map(({ type, schema }) => [type, schema]));

/** An event that no retry can help: not JSON, not an envelope, not of its schema. */
class Poison extends Error {}

/**
 * Nest's side of the transport. Delivery is at least once, the effect is once: the ids of a batch are
 * claimed in the inbox, versions are checked, and handlers run, all in one transaction, and only then
 * is the batch committed to the transport. A batch that fails is done again one event at a time, so
 * that a bad one costs only itself: refused by the domain or unreadable, it becomes a dead letter at
 * once; failing otherwise, after capped retries in place, which keep the order. Its aggregate is then
 * parked, and later events of it wait among the dead letters, while all others flow.
 */
export class EventServer extends Server {
  override readonly propagatesEventHandlerErrors = true;
  private subscription: Subscription | undefined;
  private stopSweeping = (): void => {};
  private readonly outcomes: Counter;
  private readonly age: Histogram;

  constructor(private readonly options: EventServerOptions) {
    super();
    this.outcomes = new Counter({
      name: 'events_received_total',
      help: 'Events by what became of them: applied, duplicate, ignored, dead',
      labelNames: ['topic', 'outcome'],
      registers: [options.metrics],
    });
    this.age = new Histogram({
      name: 'event_age_when_applied_seconds',
      help: 'From the commit of a fact at its owner to its copy here',
      labelNames: ['topic'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60],
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
      const { database, logger } = this.options;
      this.stopSweeping = hourly('forgetting old event ids', logger, () => inbox.sweep(database));
    }
    callback();
  }

  override async close(): Promise<void> {
    this.stopSweeping();
    await this.subscription?.close();
    this.subscription = undefined;
  }

  /** For readiness: throws until the log of events was reached once. */
  ping(): Promise<void> {
    return (this.subscription ?? this.options.transport).ping();
  }

  /** All that a topic's owner had committed before then was applied here, or is a dead letter. */
  watermark(topic: string): Date | undefined {
    return this.subscription?.watermark(topic);
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
        const isFinal = error instanceof DomainError || error instanceof Poison;
        if (isFinal || attempt >= maxAttempts) {
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
    const received = batch.map((message) => ({ message, event: decode(message) }));
    const applied = await this.options.database.transaction((tx) => this.handleAll(tx, received));
    const isApplied = new Set(applied);
    for (const each of received) this.observe(each, isApplied.has(each));
  }

  private observe({ message: { topic }, event }: Received, isApplied: boolean): void {
    if (!this.messageHandlers.has(event.type)) {
      this.outcomes.labels(topic, 'ignored').inc();
      return;
    }
    this.outcomes.labels(topic, isApplied ? 'applied' : 'duplicate').inc();
    if (isApplied) this.age.labels(topic).observe((Date.now() - Date.parse(event.time)) / 1000);
  }

  private async handleAll(tx: Transaction, received: readonly Received[]): Promise<Received[]> {
    const claimed = await inbox.claim(
      tx,
      received.map(({ event }) => event.id),
    );
    const cursors = await inbox.lockCursors(
      tx,
      received.map(({ message }) => message),
    );
    const applied: Received[] = [];
    for (const each of received) {
      const { message, event } = each;
      const key = inbox.keyOf(message);
      const cursor = cursors.get(key);
      if (!claimed.delete(event.id) || (cursor && event.version <= cursor.version)) continue;
      if (cursor?.isParked) {
        await inbox.bury(tx, message, event.id, 'its aggregate is parked');
        continue;
      }
      if (cursor && event.version > cursor.version + 1) {
        await inbox.buryAndPark(
          tx,
          message,
          `version ${event.version} came after ${cursor.version}`,
        );
        cursors.set(key, { version: cursor.version, isParked: true });
        continue;
      }
      cursors.set(key, { version: event.version, isParked: false });
      applied.push(each);
    }
    for (const run of this.toRuns(applied.map(({ event }) => event))) await this.handle(tx, run);
    await inbox.saveCursors(tx, applied);
    return applied;
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
    return decode(message);
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
    const { database, logger } = this.options;
    logger.error(
      { err: error, topic: message.topic, key: message.key },
      'an event became a dead letter',
    );
    await database.transaction((tx) => inbox.buryAndPark(tx, message, error.message));
    this.outcomes.labels(message.topic, 'dead').inc();
  }
}

export type Received = { readonly message: ReceivedMessage; readonly event: Envelope };

const decode = ({ value }: Message): Envelope => {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new Poison('not JSON');
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw new Poison(`not an event: ${envelope.error.issues[0]?.message}`);
  const schema = schemas.get(envelope.data.type);
  if (!schema) return envelope.data as Envelope;
  const data = schema.safeParse(envelope.data.data);
  if (data.success) return { ...(envelope.data as Envelope), data: data.data };
  const issue = data.error.issues[0];
  throw new Poison(`not a ${envelope.data.type}: ${issue?.path.join('.')}: ${issue?.message}`);
};
