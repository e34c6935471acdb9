import type { Database } from '@hemline/postgres';
import type { Logger } from '@hemline/telemetry';
import type { Client } from 'pg';
import { connectSession, endSession } from '../session-client.ts';
import { SessionLoop } from '../session-loop.ts';
import { type Partition, addPartitions, place, sessionSeconds } from './postgres.groups.ts';
import { decodeNotice } from './postgres.notice.ts';
import { Watermarks } from './postgres.watermarks.ts';
import type { ReceivedMessage, SubscribeOptions, Subscription } from './transport.ts';

type Options = SubscribeOptions & {
  readonly partitions: readonly Partition[];
  readonly memberId: string;
  readonly url: string;
  readonly app: string;
  readonly database: Database;
  readonly logger: Logger;
  readonly checkTopics: () => Promise<void>;
};

/** There is one without a message where there is nothing to read. */
type ReadRow = { readonly held: number } & (ReceivedMessage | { readonly topic: null });

export const channel = 'hemline_events';

const heartbeatMs = 2000;
/** Notices say when to look, and their connection when it is lost. This is for what nobody thought of. */
const idleMs = heartbeatMs;

/**
 * One member of a group. Every two seconds it says that it lives, and takes or gives back partitions
 * until the living members hold equal shares. A member is dead when its session in the database is
 * gone, at once, or when it was silent for ten seconds. Two may handle one partition for a moment
 * after that; the commit of the late one changes nothing, and its reader's version gate drops what
 * was applied already.
 */
export class PostgresSubscription implements Subscription {
  private readonly loop: SessionLoop;
  /** Whether messages could be received once. */
  private isReached = false;
  private isPaused = false;
  private isLost = false;
  private heardAt = 0;
  private readonly watermarks: Watermarks;

  constructor(private readonly options: Options) {
    this.watermarks = new Watermarks(options.topics);
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
    if (!this.isReached) throw new Error('no event could be received yet');
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.loop.pause.wake();
  }

  watermark(topic: string): Date | undefined {
    return this.watermarks.of(topic);
  }

  held(topic: string): ReadonlyMap<number, Date | undefined> {
    return this.watermarks.heldOf(topic);
  }

  close(): Promise<void> {
    return this.loop.stop();
  }

  /** One connection that listens; while it lives, this member lives. */
  private async session(onSuccess: () => void): Promise<void> {
    const { url, app, group, partitions } = this.options;
    const topics = partitions.map(({ topic }) => topic);
    const numbers = partitions.map(({ partition }) => partition);
    const listener = await connectSession({ url, name: `${app} listener` });
    this.isLost = false;
    listener.on('error', () => {
      this.isLost = true;
      this.loop.pause.wake();
    });
    listener.on('notification', ({ payload }) => {
      if (payload !== undefined && this.watermarks.hear(decodeNotice(payload))) {
        this.loop.pause.wake();
      }
    });
    try {
      await this.options.checkTopics();
      await listener.query(`listen ${channel}`);
      const values = [group, topics, numbers, ...place(this.options.from ?? 'earliest')];
      await listener.query({ text: addPartitions, values });
      this.heardAt = 0;
      while (this.loop.isRunning && !this.isLost) {
        if (Date.now() - this.heardAt > heartbeatMs) await this.heartbeat(listener);
        const received = this.isPaused ? 0 : await this.receiveAlive(listener);
        this.isReached = true;
        onSuccess();
        if (received < this.options.maxBatch) await this.loop.pause.sleep(idleMs);
      }
      if (this.isLost) throw new Error('the listening connection was lost');
    } finally {
      this.watermarks.lose();
      await this.leave(listener, group);
    }
  }

  private async heartbeat(listener: Client): Promise<void> {
    const { group, memberId, partitions } = this.options;
    await this.sayAlive(listener);
    const { rows: held } = await listener.query<Partition>({
      name: 'group.share',
      text: sharePartitions,
      values: [group, memberId, partitions.length, this.options.topics],
    });
    this.watermarks.hold(held);
    this.heardAt = Date.now();
  }

  private async sayAlive(listener: Client): Promise<void> {
    await listener.query({
      name: 'group.heartbeat',
      text: heartbeat,
      values: [this.options.group, this.options.memberId, sessionSeconds],
    });
  }

  /** However long a batch takes, its member is slow and not dead. */
  private async receiveAlive(listener: Client): Promise<number> {
    let saying: Promise<void> | undefined;
    const say = (): void => {
      saying ??= this.sayAlive(listener)
        .catch(() => {})
        .finally(() => (saying = undefined));
    };
    const timer = setInterval(say, heartbeatMs);
    try {
      return await this.receiveBatch();
    } finally {
      clearInterval(timer);
      await saying;
    }
  }

  private async receiveBatch(): Promise<number> {
    const { group, memberId, maxBatch, database } = this.options;
    const drained = this.watermarks.beginRead();
    const { rows } = await database.query<ReadRow>({
      name: 'event_log.read',
      text: readMessages,
      values: [group, memberId, maxBatch],
    });
    const messages = rows.filter((row) => row.topic !== null);
    if (messages.length > 0) await this.handle(messages);
    // Others may have taken partitions from a member that was silent: then this was not all of them.
    if (rows[0]?.held !== this.watermarks.heldCount) this.heardAt = 0;
    else if (messages.length < maxBatch) drained();
    return messages.length;
  }

  private async handle(rows: readonly ReceivedMessage[]): Promise<void> {
    const { group, memberId, onBatch, database } = this.options;
    await onBatch(rows);
    const ends = new Map<string, ReceivedMessage>();
    for (const row of rows) ends.set(`${row.topic} ${row.partition}`, row);
    const last = [...ends.values()];
    await database.query({
      name: 'group.commit',
      text: commitOffsets,
      values: [
        group,
        memberId,
        last.map(({ topic }) => topic),
        last.map(({ partition }) => partition),
        last.map(({ offset }) => offset + 1n),
      ],
    });
  }

  private async leave(listener: Client, group: string): Promise<void> {
    const { memberId } = this.options;
    await listener.query({ text: leaveGroup, values: [group, memberId] }).catch(() => {});
    await endSession(listener);
  }
}

/** Says that this member lives, and forgets members whose session is gone or who were silent. */
const heartbeat = `
  with gone as (
    delete from group_members m
    where group_name = $1 and member_id <> $2
      and (seen_at < now() - make_interval(secs => $3)
        or not exists (select from pg_stat_activity a where a.pid = m.backend_pid and a.usename = current_user))
    returning member_id
  ), freed as (
    update group_partitions set member_id = null
    where group_name = $1 and member_id in (select member_id from gone)
  )
  insert into group_members (group_name, member_id, backend_pid) values ($1, $2, pg_backend_pid())
  on conflict (group_name, member_id) do update set seen_at = now(), backend_pid = excluded.backend_pid`;

/**
 * Takes what is free of its topics up to this member's share, or gives back what is above it; answers
 * with what it holds then.
 */
const sharePartitions = `
  with living as (
    select greatest(1, count(*)) as n from group_members where group_name = $1
  ), held as (
    select topic, partition, row_number() over (order by topic, partition) as nth
    from group_partitions where group_name = $1 and member_id = $2 and topic = any ($4)
  ), share as (
    select ceil($3::numeric / n) as size from living
  ), given as (
    update group_partitions g set member_id = null
    from held h, share s
    where g.group_name = $1 and g.member_id = $2
      and g.topic = h.topic and g.partition = h.partition and h.nth > s.size
    returning g.topic, g.partition
  ), free as (
    select topic, partition from group_partitions g
    where g.group_name = $1 and g.topic = any ($4)
      and (g.member_id is null
        or not exists (select from group_members m where m.group_name = $1 and m.member_id = g.member_id))
    order by topic, partition
    limit greatest(0, (select size from share) - (select count(*) from held))
    for update skip locked
  ), taken as (
    update group_partitions g set member_id = $2
    from free f
    where g.group_name = $1 and g.topic = f.topic and g.partition = f.partition
    returning g.topic, g.partition
  )
  (select topic, partition from held except select topic, partition from given)
  union all select topic, partition from taken`;

/**
 * Partitions take turns, so that a busy one does not starve the rest; each keeps its order. From how
 * many it read goes along.
 */
const readMessages = `
  with held as (
    select topic, partition, next_offset from group_partitions where group_name = $1 and member_id = $2
  ), found as (
    select e.topic, e.partition, e."offset", e.key, e.event, e."offset" - g.next_offset as turn
    from held g
    cross join lateral (
      select * from event_log l
      where l.topic = g.topic and l.partition = g.partition and l."offset" >= g.next_offset
      order by l."offset" limit $3
    ) e
    order by turn, e.topic, e.partition limit $3
  )
  select (select count(*)::int from held) as held, topic, partition, "offset", key, event as value
  from (select) as always left join found on true
  order by turn, topic, partition`;

const commitOffsets = `
  update group_partitions g set next_offset = c.next_offset
  from unnest($3::text[], $4::int[], $5::bigint[]) as c (topic, partition, next_offset)
  where g.group_name = $1 and g.member_id = $2 and g.topic = c.topic and g.partition = c.partition`;

const leaveGroup = `
  with freed as (
    update group_partitions set member_id = null where group_name = $1 and member_id = $2
  )
  delete from group_members where group_name = $1 and member_id = $2`;
