import { randomUUID } from 'node:crypto';
import { type Topic, topics as declared } from '@hemline/contracts';
import { Database } from '@hemline/postgres';
import type { Logger } from '@hemline/telemetry';
import { hourly } from '../hourly.ts';
import { partitionOf } from './partitioner.ts';
import { sweep } from './postgres.sweep.ts';
import { PostgresSubscription, channel } from './postgres.subscription.ts';
import * as groups from './postgres.groups.ts';
import { encodeNotice } from './postgres.notice.ts';
import {
  type Message,
  type Position,
  type SubscribeOptions,
  type Subscription,
  TopicMismatch,
  type Transport,
  type Watermark,
} from './transport.ts';

type Options = { readonly url: string; readonly app: string; readonly logger: Logger };

/**
 * A durable log in PostgreSQL, in a database of its own, with the partitions and the groups of a
 * broker. Readers are woken by NOTIFY from the publisher's transaction, which moves no money, and look
 * by themselves every two seconds all the same.
 */
export class PostgresTransport implements Transport {
  private readonly database: Database;
  private readonly topics: Readonly<Record<string, Topic>> = declared;
  private readonly stopSweeping: () => void;
  private isReached = false;

  constructor(private readonly options: Options) {
    const { url, app, logger } = options;
    this.database = new Database({
      url,
      name: `${app} events`,
      logger,
      max: 4,
    });
    this.stopSweeping = hourly('removing old events and groups', logger, async () => {
      await groups.forgetKilled(this.database, app);
      await this.sweep();
    });
  }

  async publish(messages: readonly Message[], watermark?: Watermark): Promise<void> {
    if (messages.length === 0 && !watermark) return;
    await this.ping();
    const topics = [...new Set(messages.map(({ topic }) => topic))];
    const notice = [channel, encodeNotice({ topics, ...(watermark && { watermark }) })];
    if (messages.length === 0) {
      const text = 'select pg_notify($1, $2)';
      await this.database.query({ name: 'event_log.tell', text, values: notice });
      return;
    }
    await this.database.query({
      name: 'event_log.publish',
      text: publishMessages,
      values: [
        ...notice,
        messages.map(({ topic }) => topic),
        messages.map(({ topic, key }) => partitionOf(key, this.partitionsOf(topic))),
        messages.map(({ key }) => key),
        messages.map(({ value }) => value),
      ],
    });
  }

  subscribe(options: SubscribeOptions): Subscription {
    const partitions = this.partitions(options.topics);
    const subscription = new PostgresSubscription({
      ...options,
      partitions,
      memberId: randomUUID(),
      url: this.options.url,
      app: this.options.app,
      database: this.database,
      logger: this.options.logger,
      checkTopics: () => this.ping(),
    });
    subscription.start();
    return subscription;
  }

  /** Deletes what this app's topics no longer keep. */
  async sweep(): Promise<number> {
    let swept = 0;
    for (const [name, topic] of Object.entries(this.topics))
      if (name.startsWith(`${this.options.app}.`)) swept += await sweep(this.database, name, topic);
    return swept;
  }

  lag(group: string): Promise<Readonly<Record<string, number>>> {
    return groups.lag(this.database, group);
  }

  members(group: string): Promise<number> {
    return groups.members(this.database, group);
  }

  seek(group: string, topics: readonly string[], to: Position): Promise<void> {
    return groups.seek(this.database, { group, partitions: this.partitions(topics), to });
  }

  forget(group: string): Promise<void> {
    return groups.forget(this.database, group);
  }

  /** A topic comes to be when its owner first looks; from then on its division is what it is. */
  async ping(): Promise<void> {
    if (this.isReached) return;
    const names = Object.keys(this.topics);
    const own = names.filter((topic) => topic.startsWith(`${this.options.app}.`));
    const { rows } = await this.database.query<{ topic: string; partitions: number }>({
      name: 'event_log.topics',
      text: findTopics,
      values: [names, own, own.map((topic) => this.partitionsOf(topic))],
    });
    for (const { topic, partitions } of rows) {
      const expected = this.partitionsOf(topic);
      if (partitions === expected) continue;
      throw new TopicMismatch(
        `topic ${topic} has ${partitions} partitions in the log, and ${expected} are declared`,
      );
    }
    this.isReached = true;
  }

  close(): Promise<void> {
    this.stopSweeping();
    return this.database.close();
  }

  private partitions(topics: readonly string[]): groups.Partition[] {
    return topics.flatMap((topic) =>
      Array.from({ length: this.partitionsOf(topic) }, (_, partition) => ({ topic, partition })),
    );
  }

  private partitionsOf(topic: string): number {
    const found = this.topics[topic];
    if (!found) throw new Error(`topic ${topic} is not declared in @hemline/contracts`);
    return found.partitions;
  }
}

const findTopics = `
  with made as (
    insert into log_topics (topic, partitions) select * from unnest($2::text[], $3::int[])
    on conflict do nothing returning topic, partitions
  )
  select topic, partitions from made
  union all
  select topic, partitions from log_topics where topic = any ($1::text[])`;

/** One statement, one commit: offsets are taken under the partition's row lock and kept to its end. */
const publishMessages = `
  with incoming as (
    select * from unnest($3::text[], $4::int[], $5::text[], $6::text[]) with ordinality
      as m (topic, partition, key, event, n)
  ), counted as (
    select topic, partition, count(*) as n from incoming group by topic, partition order by 1, 2
  ), reserved as (
    insert into log_partitions as p (topic, partition, next_offset)
    select topic, partition, n from counted
    on conflict (topic, partition) do update set next_offset = p.next_offset + excluded.next_offset
    returning p.topic, p.partition, p.next_offset
  ), written as (
    insert into event_log (topic, partition, "offset", key, event)
    select i.topic, i.partition,
      r.next_offset - c.n + row_number() over (partition by i.topic, i.partition order by i.n) - 1,
      i.key, i.event
    from incoming i
    join reserved r using (topic, partition)
    join counted c using (topic, partition)
  )
  select pg_notify($1, $2)`;
