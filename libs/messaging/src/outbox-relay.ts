import { Gauge, type Logger, type MetricsRegistry } from '@hemline/telemetry';
import { watermarkMs } from '@hemline/contracts';
import type { Client } from 'pg';
import type { Outbox } from './outbox.ts';
import { Progress } from './progress.ts';
import { connectSession, endSession, silenceMs } from './session-client.ts';
import { SessionLoop } from './session-loop.ts';
import type { Message, Transport } from './transports/transport.ts';

type RelayOptions = {
  readonly app: string;
  readonly databaseUrl: string;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
};

const maxBatch = 500;
/** Another instance's rows are found within this; our own wake us at once. */
const idleMs = watermarkMs;
/**
 * What is committed within so long of the first goes along with it. A batch costs the same few
 * statements here and in every reader, whatever is in it; copies may be seconds old, so this is free.
 */
const gatherMs = 40;
/**
 * What was read is published while the lock is surely held. A process that was stopped in between may
 * wake when another relay has told all of that, and more; told again it would come after what is newer.
 */
const maxReadAgeMs = silenceMs - 3000;

type Waiting = { id: string; topic: string; aggregate_id: string; event: string; age: number };
/** There is one without an event where nothing waits. */
type Row = { time: Date; last_id: string | null } & (Waiting | { id: null });

/**
 * Moves the outbox to the transport, one batch after the other. It reads what is visible, publishes,
 * and only then deletes: killed in between, it publishes again, and readers drop the duplicate. There
 * is no cursor to follow, since a lower id may commit later. One relay of an app is active at a time
 * (advisory lock of its session); the order of one aggregate holds because its row was locked when the
 * ids were drawn.
 */
export class OutboxRelay {
  private readonly loop: SessionLoop;
  private readonly age: Gauge;

  constructor(private readonly options: RelayOptions) {
    this.loop = new SessionLoop({
      logger: options.logger,
      complaint: 'the outbox relay lost its way, and tries again',
      session: (onSuccess) => this.session(onSuccess),
    });
    options.outbox.onWake(() => this.loop.pause.wake());
    this.age = new Gauge({
      name: 'outbox_oldest_age_seconds',
      help: 'Age of the oldest event read that was not published yet',
      registers: [options.metrics],
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /**
   * One connection, and with it one lock: whoever loses the connection has lost the lock. It is also
   * lost by a process that is stopped, or that waits so long for its log that another may as well try.
   */
  private async session(onSuccess: () => void): Promise<void> {
    const { app, databaseUrl: url } = this.options;
    const client = await connectSession({ url, name: `${app} relay` });
    client.on('error', () => this.loop.pause.wake());
    try {
      while (this.loop.isRunning && !(await tryLock(client))) await this.loop.pause.sleep(idleMs);
      const progress = new Progress();
      while (this.loop.isRunning) {
        const moved = await this.moveBatch(client, progress);
        onSuccess();
        if (moved < maxBatch) await this.loop.pause.sleep(idleMs, { gatherMs });
      }
    } finally {
      await endSession(client);
    }
  }

  /** Even where nothing waits it is told that all that was committed is out, and as of when. */
  private async moveBatch(client: Client, progress: Progress): Promise<number> {
    const { app, transport } = this.options;
    const rows = await readFresh(client);
    const waiting = rows.filter((row) => row.id !== null);
    this.age.set(waiting[0]?.age ?? 0);
    const time = progress.isOutAsOf(rows[0], waiting.at(-1)?.id);
    await transport.publish(waiting.map(toMessage), time && { app, time });
    if (waiting.length === 0) return 0;
    await client.query({
      name: 'outbox.delete',
      text: 'delete from outbox where id = any($1::bigint[])',
      values: [waiting.map(({ id }) => id)],
    });
    return waiting.length;
  }
}

const readFresh = async (client: Client): Promise<Row[]> => {
  for (;;) {
    const askedAt = Date.now();
    const { rows } = await client.query<Row>({
      name: 'outbox.read',
      text: readOutbox,
      values: [maxBatch],
    });
    if (Date.now() - askedAt < maxReadAgeMs) return rows;
  }
};

const toMessage = ({ topic, aggregate_id: key, event }: Waiting): Message => ({
  topic,
  key,
  value: event,
});

const tryLock = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_lock(hashtext('outbox relay')) as locked",
  );
  return rows[0]?.locked ?? false;
};

/**
 * The database writes the envelope, so that time is its own and no row is parsed to be sent on. All
 * that was committed before `now()`, the moment at which the statement came, is visible to it; where
 * that is more than one batch, `last_id` is where it ends.
 */
const readOutbox = `
  with waiting as (
    select id, topic, aggregate_id, extract(epoch from clock_timestamp() - occurred_at)::float as age,
      (jsonb_strip_nulls(jsonb_build_object(
        'id', event_id, 'type', type, 'source', split_part(topic, '.', 1), 'subject', aggregate_id,
        'time', to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'version', aggregate_version, 'dataschema', 'urn:hemline:event:' || type,
        'traceparent', traceparent)) || jsonb_build_object('data', data))::text as event
    from outbox order by id limit $1
  )
  select now() as time,
    case when (select count(*) from waiting) = $1 then (select max(id) from outbox) end as last_id,
    waiting.*
  from (select) as always left join waiting on true
  order by id`;
