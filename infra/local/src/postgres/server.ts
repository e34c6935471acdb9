import { randomBytes } from 'node:crypto';
import { readFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lastComplaint, openLog } from '../output/process-log.ts';
import { Refusal } from '../refusal.ts';
import { Supervisor, type Program, type Watcher } from '../process/supervisor.ts';
import { pick } from '../topology.ts';
import { findAccount, type Account } from './account.ts';
import { findBinaries } from './binaries.ts';
import { makeCluster } from './cluster.ts';
import { clearLeftovers } from './leftovers.ts';
import { toSettings, type Durability } from './settings.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`; decided by the first start. */
  readonly password?: string;
  readonly logFile?: string;
  /** `volatile` is for tests: fast, and lost in a power cut. */
  readonly durability?: Durability;
  readonly watcher?: Watcher;
}

export interface PostgresServer {
  /** The superuser's, to database `postgres`. */
  readonly url: string;
  /** Where the data really is. */
  readonly dataDir: string;
  pid(): number | undefined;
  /** Ends sessions, writes a checkpoint, and resolves when all of it is on disk. */
  stop(): Promise<void>;
  /** For a second Ctrl-C: no checkpoint; the next start recovers. */
  kill(): void;
}

const SUPERUSER = 'postgres';
const FIRST_ATTEMPTS = 3;

/** Starts PostgreSQL, making its data folder first if there is none, and keeps it running. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { port } = options;
  const password = options.password ?? randomBytes(18).toString('base64url');
  const account = await findAccount();
  const binaries = await findBinaries(account);
  const cluster = { ...options, password, superuser: SUPERUSER, account, binaries };
  const dataDir = await makeCluster(cluster);
  const logFile = options.logFile ?? join(dirname(options.dataDir), 'postgres.log');
  const log = await openLog(logFile);
  const program = toProgram({ ...options, command: binaries.postgres, dataDir, account, log });
  const supervisor = new Supervisor(program, options.watcher);
  const stop = async () => {
    await supervisor.stop();
    await log.close();
  };
  try {
    await supervisor.start({ attempts: FIRST_ATTEMPTS });
  } catch {
    await stop();
    const complaint = await lastComplaint(logFile, /FATAL|PANIC|ERROR|error/);
    const why = complaint.replace(/^.*?(?=FATAL|PANIC|ERROR)/, '');
    throw new Refusal(`PostgreSQL does not start (${why}); its log is ${logFile}.`);
  }
  return {
    url: `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    dataDir,
    pid: () => supervisor.pid,
    stop,
    kill: () => supervisor.kill('SIGQUIT'),
  };
}

interface ProgramOptions extends PostgresOptions {
  readonly command: string;
  readonly account: Account | undefined;
  readonly log: FileHandle;
}

function toProgram(options: ProgramOptions): Program {
  const { command, dataDir, port, durability = 'durable', account, log } = options;
  const settings = Object.entries(toSettings(port, durability));
  return {
    name: 'postgres',
    command,
    args: ['-D', dataDir, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { ...pick(process.env, ['PATH', 'SystemRoot', 'TMPDIR']), LC_ALL: 'C', TZ: 'UTC' },
    output: log.fd,
    // PostgreSQL calls it fast shutdown: sessions end, nothing is lost.
    stopSignal: 'SIGINT',
    patienceMs: 30_000,
    prepare: () => clearLeftovers(dataDir),
    isReady: () => isReady(dataDir),
    ...(account && { uid: account.uid, gid: account.gid }),
  };
}

/**
 * The eighth line of postmaster.pid is PostgreSQL's own word on it, and costs no connection that
 * would have to be refused.
 */
async function isReady(dataDir: string): Promise<boolean> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  return lines[7]?.trim() === 'ready';
}
