import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '../refusal.ts';
import { Supervisor, type Watcher } from '../process/supervisor.ts';
import { findAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { makeCluster } from './cluster.ts';
import { clearLeftovers } from './leftovers.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`; decided by the first start. */
  readonly password?: string;
  readonly logFile?: string;
  /** For tests: fast, and lost in a power cut. */
  readonly durability?: 'durable' | 'volatile';
  readonly watcher?: Watcher;
}

export interface PostgresServer {
  /** The superuser's, to database `postgres`. */
  readonly url: string;
  readonly dataDir: string;
  pid(): number | undefined;
  /** Ends sessions, writes a checkpoint, and resolves when all of it is on disk. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';
const ATTEMPTS = 5;

/**
 * Starts PostgreSQL, makes its data folder first if there is none, and starts it again should it
 * die.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { port, durability = 'durable', watcher = {} } = options;
  const password = options.password ?? randomBytes(18).toString('base64url');
  const account = await findAccount();
  const binaries = await findBinaries(account);
  const dataDir = await makeCluster({
    ...options,
    password,
    superuser: SUPERUSER,
    account,
    binaries,
  });
  const logFile = options.logFile ?? join(dirname(dataDir), 'postgres.log');
  const log = openSync(logFile, 'a', 0o600);
  const failed = Promise.withResolvers<never>();
  const supervisor = new Supervisor(
    {
      name: 'postgres',
      command: binaries.postgres,
      args: ['-D', dataDir, ...toArguments(settings(port, durability))],
      env: { ...pick(process.env, ['PATH', 'SystemRoot', 'TMPDIR']), LC_ALL: 'C', TZ: 'UTC' },
      output: log,
      // The "fast shutdown" of PostgreSQL: sessions end, nothing is lost.
      stopSignal: 'SIGINT',
      patienceMs: 30_000,
      prepare: () => clearLeftovers(dataDir),
      isReady: () => isReady(dataDir),
      ...(account && { uid: account.uid, gid: account.gid }),
    },
    {
      ...watcher,
      onDeath: (death) => {
        watcher.onDeath?.(death);
        if (death.deaths >= ATTEMPTS) failed.reject(new Error(death.how));
      },
    },
  );
  const stop = async () => {
    await supervisor.stop();
    closeSync(log);
  };
  try {
    await Promise.race([supervisor.start(), failed.promise]);
  } catch {
    await stop();
    throw new Refusal(
      `PostgreSQL does not start (${await lastComplaint(logFile)}); see ${logFile}.`,
    );
  }
  failed.promise.catch(() => {});
  const url = `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  return { url, dataDir, pid: () => supervisor.pid, stop };
}

/**
 * For a machine that does other things too. Sockets are loopback TCP alone: paths of Unix sockets
 * have a length limit that a deep checkout breaks.
 */
function settings(port: number, durability: 'durable' | 'volatile'): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: durability === 'durable' ? '120' : '200',
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    shared_preload_libraries: 'pg_stat_statements',
    jit: 'off',
    random_page_cost: '1.1',
    max_parallel_workers_per_gather: '0',
    io_method: 'sync',
    max_wal_size: '1GB',
    min_wal_size: '128MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    password_encryption: 'scram-sha-256',
    idle_in_transaction_session_timeout: '60s',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durability === 'durable' ? { synchronous_commit: 'on' } : volatileSettings),
  };
}

const volatileSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum_naptime: '10min',
};

const toArguments = (values: Record<string, string>) =>
  Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * The eighth line of postmaster.pid is PostgreSQL's own word on it, without a connection that would
 * have to be refused.
 */
async function isReady(dataDir: string): Promise<boolean> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  return lines[7]?.trim() === 'ready';
}

async function lastComplaint(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n');
  return (
    lines.findLast((line) => /FATAL|PANIC|ERROR|error/.test(line)) ?? lines.at(-1) ?? 'no output'
  );
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
