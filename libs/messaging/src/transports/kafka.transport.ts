import { topics as declared } from '@hemline/contracts';
import type { Logger } from '@hemline/telemetry';
import kafkajs, { type Admin, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { within } from '../within.ts';
import { Connections, makeClient, pingMs } from './kafka.client.ts';
import * as groups from './kafka.groups.ts';
import { KafkaSubscription } from './kafka.subscription.ts';
import type { KafkaSettings } from './kafka.settings.ts';
import { type Topics, checkTopics, ownerOf, watermarkTopicOf } from './kafka.topics.ts';
import { WatermarkTeller, encodeMark } from './kafka.watermarks.ts';
import type {
  Message,
  Position,
  SubscribeOptions,
  Subscription,
  Transport,
  Watermark,
} from './transport.ts';

type Options = {
  readonly app: string;
  readonly settings: KafkaSettings;
  readonly logger: Logger;
  /** The list of `@hemline/contracts` if absent. */
  readonly topics?: Topics;
};

/** The broker takes a megabyte at a time into one partition, and the bytes around messages count. */
const maxSendBytes = 900_000;
/** How long the broker may wait for its replicas. */
const acknowledgeMs = 5000;
/** Whoever publishes hears within so long that it failed, and tries again. */
const publishMs = 12_000;

/** Events in a cluster of Apache Kafka, which is there before us: topics are made by a step of their own. */
export class KafkaTransport implements Transport {
  private readonly client: Kafka;
  private readonly connections = new Connections();
  private readonly topics: Topics;
  private readonly prefix: string;
  private readonly teller: WatermarkTeller;
  private admin: Promise<Admin> | undefined;
  private producer: Promise<Producer> | undefined;
  /** One send after the other, so that what failed is sent again before anything that follows. */
  private sending: Promise<void> = Promise.resolve();
  private isReached = false;
  private areTopicsRight = false;
  private checking: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly options: Options) {
    const { app, settings, logger } = options;
    this.topics = options.topics ?? declared;
    this.prefix = settings.prefix ?? '';
    this.client = makeClient(settings, { name: app, logger, connections: this.connections });
    this.teller = new WatermarkTeller((watermark) => this.tell(watermark), logger);
  }

  async publish(messages: readonly Message[], watermark?: Watermark): Promise<void> {
    this.refuse(messages);
    const sent = this.sending.then(() => this.sendInTime(messages));
    this.sending = sent.catch(() => {});
    await sent;
    if (watermark) this.teller.offer(watermark);
  }

  subscribe(options: SubscribeOptions): Subscription {
    const group = this.prefix + options.group;
    const topics = this.named(options.topics);
    const places = (): Promise<groups.Place[]> =>
      this.withAdmin((admin) => groups.places(admin, group, topics));
    const subscription = new KafkaSubscription({
      ...options,
      app: this.options.app,
      settings: this.options.settings,
      logger: this.options.logger,
      places,
      checkTopics: () => this.checkTopics(),
      begin: async () => {
        if (options.from !== 'latest') return;
        await this.withAdmin((admin) => groups.beginAtEnd(this.client, admin, { group, topics }));
      },
    });
    subscription.start();
    return subscription;
  }

  async lag(group: string): Promise<Readonly<Record<string, number>>> {
    const isOurs = (name: string): boolean =>
      name.startsWith(this.prefix) && this.topics[name.slice(this.prefix.length)] !== undefined;
    const behind = await this.withAdmin((admin) => groups.lag(admin, this.prefix + group, isOurs));
    return Object.fromEntries(
      [...behind].map(([name, messages]) => [name.slice(this.prefix.length), messages]),
    );
  }

  members(group: string): Promise<number> {
    return this.withAdmin((admin) => groups.members(admin, this.prefix + group));
  }

  async seek(group: string, topics: readonly string[], to: Position): Promise<void> {
    const seek = { group: this.prefix + group, topics: this.named(topics), to };
    await this.withAdmin((admin) => groups.seek(this.client, admin, seek));
  }

  forget(group: string): Promise<void> {
    return this.withAdmin((admin) => groups.forget(admin, this.prefix + group));
  }

  async ping(): Promise<void> {
    if (this.isReached) return;
    await within(pingMs, this.checkTopics(), 'Kafka does not answer');
    this.isReached = true;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.teller.close();
    await this.sending;
    const [producer, admin] = [this.producer, this.admin];
    await producer?.then((open) => open.disconnect()).catch(() => {});
    await admin?.then((open) => open.disconnect()).catch(() => {});
    this.connections.close();
  }

  private named(topics: readonly string[]): string[] {
    for (const topic of topics) this.mustBeDeclared(topic);
    return topics.map((topic) => this.prefix + topic);
  }

  private mustBeDeclared(topic: string): void {
    if (!this.topics[topic])
      throw new Error(`topic ${topic} is not declared in @hemline/contracts`);
  }

  /** Before anything of a batch is sent. */
  private refuse(messages: readonly Message[]): void {
    if (this.isClosed) throw new Error('this transport is closed');
    for (const message of messages) {
      this.mustBeDeclared(message.topic);
      const bytes = sizeOf(message);
      if (bytes <= maxSendBytes) continue;
      throw new Error(
        `a message for ${message.topic} under ${message.key} has ${bytes} bytes, and ${maxSendBytes} fit`,
      );
    }
  }

  /**
   * Where connections are made and no answer comes, the library looks for minutes. What it was asked
   * is then given up, and the next try begins with nothing of it; should it still arrive, it is late
   * and a duplicate.
   */
  private async sendInTime(messages: readonly Message[]): Promise<void> {
    const giveUp = new AbortController();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new Error('the log took nothing in time');
      giveUp.abort(error);
      this.beginAnew();
      late.reject(error);
    }, publishMs);
    const sent = this.send(messages, giveUp.signal);
    try {
      await Promise.race([sent, late.promise]);
    } finally {
      clearTimeout(timer);
      sent.catch(() => {});
    }
  }

  private beginAnew(): void {
    const producer = this.producer;
    this.producer = undefined;
    this.areTopicsRight = false;
    this.checking = undefined;
    if (this.admin) this.dropAdmin(this.admin);
    void producer?.then((open) => open.disconnect()).catch(() => {});
    this.connections.cut();
  }

  private async send(messages: readonly Message[], giveUp: AbortSignal): Promise<void> {
    if (messages.length === 0) return;
    await this.checkTopics();
    giveUp.throwIfAborted();
    try {
      const producer = await this.connectProducer();
      for (const part of parts(messages)) {
        giveUp.throwIfAborted();
        await producer.sendBatch({
          acks: -1,
          timeout: acknowledgeMs,
          topicMessages: this.byTopic(part),
        });
      }
    } catch (error) {
      if (giveUp.aborted) throw error;
      // The next try looks at the topics again, by a new producer: this one may be past helping.
      this.areTopicsRight = false;
      const producer = this.producer;
      this.producer = undefined;
      void producer?.then((open) => open.disconnect()).catch(() => {});
      throw error;
    }
  }

  private byTopic(messages: readonly Message[]): TopicMessages[] {
    const byTopic = Map.groupBy(messages, ({ topic }) => topic);
    return [...byTopic].map(([topic, own]) => ({
      topic: this.prefix + topic,
      messages: own.map(({ key, value }) => ({ key, value })),
    }));
  }

  private async tell({ app, time }: Watermark): Promise<void> {
    const own = Object.keys(this.topics).filter((topic) => ownerOf(topic) === app);
    const ends = await this.withAdmin((admin) =>
      Promise.all(own.map((topic) => admin.fetchTopicOffsets(this.prefix + topic))),
    );
    const byTopic = own.map((topic, i) => {
      const sorted = (ends[i] ?? []).toSorted((a, b) => a.partition - b.partition);
      return [topic, sorted.map(({ high }) => BigInt(high))] as const;
    });
    const producer = await this.connectProducer();
    await producer.send({
      topic: this.prefix + watermarkTopicOf(app),
      acks: -1,
      timeout: acknowledgeMs,
      messages: [{ partition: 0, value: encodeMark({ time, ends: Object.fromEntries(byTopic) }) }],
    });
  }

  /** Many may ask at once; one looks. */
  private async checkTopics(): Promise<void> {
    if (this.areTopicsRight) return;
    this.checking ??= this.withAdmin((admin) => checkTopics(admin, this.topics, this.prefix))
      .then(() => void (this.areTopicsRight = true))
      .finally(() => (this.checking = undefined));
    await this.checking;
  }

  private connectProducer(): Promise<Producer> {
    this.producer ??= (async () => {
      const producer = this.client.producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        allowAutoTopicCreation: false,
        idempotent: false,
      });
      producer.on(producer.events.REQUEST_TIMEOUT, ({ payload }) =>
        this.connections.cut(payload.broker),
      );
      await producer.connect();
      return producer;
    })();
    return this.producer;
  }

  private async withAdmin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    this.admin ??= this.connectAdmin();
    const admin = this.admin;
    try {
      return await work(await admin);
    } catch (error) {
      if (error instanceof kafkajs.KafkaJSError) this.dropAdmin(admin);
      throw error;
    }
  }

  private dropAdmin(admin: Promise<Admin>): void {
    if (this.admin === admin) this.admin = undefined;
    void admin.then((open) => open.disconnect()).catch(() => {});
  }

  private async connectAdmin(): Promise<Admin> {
    const admin = this.client.admin();
    admin.on(admin.events.REQUEST_TIMEOUT, ({ payload }) => this.connections.cut(payload.broker));
    await admin.connect();
    return admin;
  }
}

const sizeOf = ({ key, value }: Message): number =>
  Buffer.byteLength(value) + Buffer.byteLength(key);

/** In order; each fits into one partition at once, should all of it go there. */
const parts = (messages: readonly Message[]): Message[][] => {
  const all: Message[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const size = sizeOf(message) + 100;
    if (bytes + size > maxSendBytes) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(message);
    bytes += size;
  }
  return all;
};
