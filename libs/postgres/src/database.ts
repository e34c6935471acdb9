import { LOGGER, type Logger } from '@hemline/telemetry';
import type { DynamicModule } from '@nestjs/common';
import { Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import { CommitUnknown, DatabaseBusy, isConnectionLost, isRetryable } from './errors.ts';
import type { Query, Queryable, Transaction } from './queryable.ts';
import { repeatWhile } from './repeat.ts';
import { parseTypes } from './types.ts';

export type DatabaseOptions = {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  readonly logger: Logger;
  /** Connections at most, 10 if absent. */
  readonly max?: number;
  /** 5,000 if absent. */
  readonly statementTimeoutMs?: number;
  /** 2,000 if absent. */
  readonly lockTimeoutMs?: number;
};

const connectTimeoutMs = 2000;
/** An answer that is so much later than the server would have given up is lost with its connection. */
const graceMs = 1000;

/** One pool of connections to the primary. Limits are set on the connection, not in each transaction. */
export class Database implements Queryable {
  private readonly pool: Pool;

  constructor(options: DatabaseOptions) {
    const { statementTimeoutMs = 5000, lockTimeoutMs = 2000 } = options;
    this.pool = new Pool({
      connectionString: options.url,
      application_name: options.name,
      max: options.max ?? 10,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      query_timeout: statementTimeoutMs + graceMs,
      types: parseTypes,
      options: [
        `-c statement_timeout=${statementTimeoutMs}`,
        `-c lock_timeout=${lockTimeoutMs}`,
        '-c idle_in_transaction_session_timeout=10000',
      ].join(' '),
    });
    // Without both handlers a connection that dies while idle, or while lent, ends the process.
    this.pool.on('error', (error) => {
      options.logger.warn(reasonOf(error), 'an idle connection was lost');
    });
    this.pool.on('connect', (client) => {
      client.on('error', (error) => options.logger.warn(reasonOf(error), 'a connection was lost'));
    });
  }

  async query<Row extends QueryResultRow = QueryResultRow>(
    query: Query,
  ): Promise<QueryResult<Row>> {
    const client = await this.connect();
    let failure: unknown;
    try {
      return await send<Row>(client, query);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.release(isConnectionLost(failure));
    }
  }

  /**
   * Runs `work` between BEGIN and COMMIT at READ COMMITTED. What failed on a lock, a deadlock or a
   * serialisation is done again as a whole, at most five times. After a COMMIT whose answer was lost,
   * `repeat` does the same work again on a new connection: right only for work whose unique keys make
   * a second time wait for the first and then change nothing.
   */
  async transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    { onUnknownCommit = 'throw' }: { readonly onUnknownCommit?: 'repeat' | 'throw' } = {},
  ): Promise<T> {
    return repeatWhile(
      (error) =>
        isRetryable(error) || (error instanceof CommitUnknown && onUnknownCommit === 'repeat'),
      () => this.attempt(work),
    );
  }

  async ping(): Promise<void> {
    await this.query({ text: 'select 1' });
  }

  async close(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }

  /** Nest calls this last when the application stops. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      if (isConnectionLost(error) || /timeout/.test((error as Error).message))
        throw new DatabaseBusy(error);
      throw error;
    }
  }

  private async attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.connect();
    const hooks: (() => void)[] = [];
    const tx: Transaction = {
      query: (query) => send(client, query),
      afterCommit: (hook) => void hooks.push(hook),
    };
    let result: T;
    try {
      await client.query('begin');
      result = await work(tx);
    } catch (error) {
      const isLost = isConnectionLost(error) || !(await rollback(client));
      client.release(isLost);
      throw error;
    }
    await commit(client);
    for (const hook of hooks) hook();
    return result;
  }
}

const send = <Row extends QueryResultRow>(
  client: PoolClient,
  query: Query,
): Promise<QueryResult<Row>> => client.query<Row>({ ...query, values: query.values as unknown[] });

/** Not the error itself: the pool hangs the client on it, with its statements and its cancel key. */
const reasonOf = (error: Error) => ({
  code: (error as { code?: string }).code,
  reason: error.message,
});

const rollback = (client: PoolClient): Promise<boolean> =>
  client.query('rollback').then(
    () => true,
    () => false,
  );

const commit = async (client: PoolClient): Promise<void> => {
  try {
    await client.query('commit');
  } catch (error) {
    client.release(true);
    throw isConnectionLost(error) ? new CommitUnknown(error) : error;
  }
  client.release();
};

/** Provides `Database` to the whole application, and closes it with the application. */
export const postgresModule = (options: Omit<DatabaseOptions, 'logger'>): DynamicModule => ({
  module: class PostgresModule {},
  global: true,
  providers: [
    {
      provide: Database,
      useFactory: (logger: Logger) => new Database({ ...options, logger }),
      inject: [LOGGER],
    },
  ],
  exports: [Database],
});
