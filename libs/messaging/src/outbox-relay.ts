import { Gauge, type Logger, type MetricsRegistry } from '@hemline/telemetry';
import { Client } from 'pg';
import type { Outbox } from './outbox.ts';
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
const idleMs = 500;
/**
 * What is committed within so long of the first goes along with it. A batch costs the same few
 * statements here and in every reader, whatever is in it; copies may be seconds old, so this is free.
 */
const gatherMs = 40;

type Row = { id: string; topic: string; aggregate_id: string; event: string; age: number };

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

  /** One connection, and with it one lock: whoever loses the connection has lost the lock. */
  private async session(onSuccess: () => void): Promise<void> {
    const client = new Client({
      connectionString: this.options.databaseUrl,
      application_name: `${this.options.app} relay`,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      statement_timeout: 10_000,
    });
    client.on('error', () => this.loop.pause.wake());
    await client.connect();
    try {
      while (this.loop.isRunning && !(await tryLock(client))) await this.loop.pause.sleep(idleMs);
      while (this.loop.isRunning) {
        const moved = await this.moveBatch(client);
        onSuccess();
        if (moved < maxBatch) await this.loop.pause.sleep(idleMs, { gatherMs });
      }
    } finally {
      await client.end().catch(() => {});
    }
  }

  private async moveBatch(client: Client): Promise<number> {
    const { rows } = await client.query<Row>({
      name: 'outbox.read',
      text: readOutbox,
      values: [maxBatch],
    });
    this.age.set(rows[0]?.age ?? 0);
    if (rows.length === 0) return 0;
    const messages = rows.map(({ topic, aggregate_id: key, event }): Message => ({
      topic,
      key,
      value: event,
    }));
    await this.options.transport.publish(messages);
    await client.query({
      name: 'outbox.delete',
      text: 'delete from outbox where id = any($1::bigint[])',
      values: [rows.map(({ id }) => id)],
    });
    return rows.length;
  }
}

const tryLock = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_lock(hashtext('outbox relay')) as locked",
  );
  return rows[0]?.locked ?? false;
};

/** The database writes the envelope, so that time is its own and no row is parsed to be sent on. */
const readOutbox = `
  select id, topic, aggregate_id, extract(epoch from clock_timestamp() - occurred_at)::float as age,
    (jsonb_strip_nulls(jsonb_build_object(
      'id', event_id, 'type', type, 'source', split_part(topic, '.', 1), 'subject', aggregate_id,
      'time', to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'version', aggregate_version, 'dataschema', 'urn:hemline:event:' || type,
      'traceparent', traceparent)) || jsonb_build_object('data', data))::text as event
  from outbox order by id limit $1`;
