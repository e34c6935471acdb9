import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { lastComplaint, openLog } from '../output/process-log.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { Supervisor, type Watcher } from '../process/supervisor.ts';
import { Refusal } from '../refusal.ts';
import { pick } from '../topology.ts';

export interface RedisOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  readonly watcher?: Watcher;
}

export interface RedisServer {
  readonly url: string;
  pid(): number | undefined;
  /** The process that runs now, if one does. */
  running(): ProcessIdentity | undefined;
  stop(): Promise<void>;
  kill(): void;
}

const FIRST_ATTEMPTS = 3;
const PROBE_MS = 500;

/** Whether there is a `redis-server` on PATH that runs. */
export async function hasRedis(env: NodeJS.ProcessEnv): Promise<boolean> {
  return promisify(execFile)('redis-server', ['--version'], { env }).then(
    () => true,
    () => false,
  );
}

/** Starts Debian's Redis as a cache and nothing else, and keeps it running. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { port, password, logFile, watcher } = options;
  const dataDir = resolve(options.dataDir);
  const config = join(dataDir, 'redis.conf');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // In a file, as what stands on a command line can be read by everybody on the machine.
  await writeFile(config, toConfig({ port, password }), { mode: 0o600 });
  const log = await openLog(logFile);
  const program = {
    name: 'redis',
    command: 'redis-server',
    args: [config],
    cwd: dataDir,
    env: { ...pick(process.env, ['PATH', 'TMPDIR']), LC_ALL: 'C', TZ: 'UTC' },
    output: log.fd,
    stopSignal: 'SIGTERM' as const,
    patienceMs: 5_000,
    isReady: () => answers(port, password),
  };
  const supervisor = new Supervisor(program, watcher);
  const stop = async () => {
    await supervisor.stop();
    await log.close();
  };
  try {
    await supervisor.start({ attempts: FIRST_ATTEMPTS });
  } catch {
    await stop();
    const why = await lastComplaint(logFile, /#|rror/);
    throw new Refusal(`Redis does not start (${why}); its log is ${logFile}.`);
  }
  return {
    url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    pid: () => supervisor.pid,
    running: () => supervisor.running,
    stop,
    kill: () => supervisor.kill('SIGKILL'),
  };
}

/** Bounded, gone with its process, and for those who know the password: a cache is believed. */
const toConfig = ({ port, password }: { port: number; password: string }) =>
  [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory 128mb',
    'maxmemory-policy allkeys-lru',
    '',
  ].join('\n');

function answers(port: number, password: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PROBE_MS });
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (answer.split('\r\n').length > 2) socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => done(answer.startsWith('+OK\r\n+PONG\r\n')));
  });
}
