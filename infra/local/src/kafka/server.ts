import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { lastComplaint, openLog } from '../output/process-log.ts';
import { endProcess, type ProcessIdentity } from '../process/identity.ts';
import { Supervisor, type Program, type Watcher } from '../process/supervisor.ts';
import { Refusal } from '../refusal.ts';
import { pick } from '../topology.ts';
import { answers } from './answers.ts';
import { archiveOf, kafkaHome, type KafkaCode } from './code.ts';
import { toProperties, type Listening } from './settings.ts';

export interface KafkaOptions extends Listening {
  readonly code: KafkaCode;
  readonly dataDir: string;
  readonly logFile?: string;
  readonly watcher?: Watcher;
  /** More options for Java. */
  readonly javaOptions?: readonly string[];
}

export interface KafkaServer {
  /** Where clients find it, as in `KAFKA_BROKERS`. */
  readonly brokers: string;
  pid(): number | undefined;
  /** The process that runs now, if one does. */
  running(): ProcessIdentity | undefined;
  /** Resolves when all of it is on disk. */
  stop(): Promise<void>;
  /** At once and for good; what was acknowledged is there at the next start. */
  kill(): void;
}

const FIRST_ATTEMPTS = 2;

/**
 * Starts Kafka on the loopback, making its data folder first if there is none, and keeps it
 * running: one that dies is started again.
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await endLeftover(dataDir);
  await writeFile(propertiesOf(dataDir), toProperties(logDirOf(dataDir), options));
  const clusterId = await format(dataDir, options);
  const logFile = options.logFile ?? join(dataDir, 'kafka.log');
  const log = await openLog(logFile);
  const supervisor = new Supervisor(toProgram(dataDir, clusterId, options, log.fd), {
    ...options.watcher,
    onStart: (identity) => {
      void writeFile(brokerFileOf(dataDir), JSON.stringify(identity)).catch(() => {});
      options.watcher?.onStart?.(identity);
    },
  });
  const stop = async () => {
    await supervisor.stop();
    await log.close();
    await rm(brokerFileOf(dataDir), { force: true });
  };
  try {
    await supervisor.start({ attempts: FIRST_ATTEMPTS });
  } catch {
    await stop();
    const why = await lastComplaint(logFile, /ERROR|FATAL|Exception|Error/);
    throw new Refusal(`Kafka does not start (${why}); its log is ${logFile}.`);
  }
  return {
    brokers: `127.0.0.1:${options.advertisedPort ?? options.port}`,
    pid: () => supervisor.pid,
    running: () => supervisor.running,
    stop,
    kill: () => supervisor.kill('SIGKILL'),
  };
}

const logDirOf = (dataDir: string) => join(dataDir, 'log');
const propertiesOf = (dataDir: string) => join(dataDir, 'server.properties');
const brokerFileOf = (dataDir: string) => join(dataDir, 'broker.json');

/** Ends a broker that outlived whoever started it, as two of them would want one folder. */
export async function endLeftover(dataDir: string): Promise<void> {
  const text = await readFile(brokerFileOf(dataDir), 'utf8').catch(() => '');
  if (text !== '') await endProcess(JSON.parse(text) as ProcessIdentity, 'SIGTERM', 10_000);
  await rm(brokerFileOf(dataDir), { force: true });
}

/**
 * A log has a name of its own, by which Kafka knows it again, and which this returns. It is made in
 * a draft folder, so that one that was interrupted is never taken for a log.
 */
async function format(dataDir: string, { code, ...listening }: KafkaOptions): Promise<string> {
  const logDir = logDirOf(dataDir);
  const kept = await readFile(join(logDir, 'meta.properties'), 'utf8').catch(() => '');
  const keptId = /^cluster\.id=(?<id>\S+)$/m.exec(kept)?.groups?.['id'];
  if (keptId !== undefined) return keptId;
  const draft = join(dataDir, 'log.draft');
  const properties = join(dataDir, 'draft.properties');
  await rm(draft, { recursive: true, force: true });
  await rm(logDir, { recursive: true, force: true });
  await writeFile(properties, toProperties(draft, listening));
  const id = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const args = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', properties];
  try {
    await promisify(execFile)(code.java, [...javaArgs(code), ...args], { env: javaEnvironment() });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const why = (stderr?.trim() || message).split('\n').slice(-3).join(' ');
    throw new Refusal(`Kafka could not make its data folder ${dataDir}: ${why}`);
  }
  await rename(draft, logDir);
  await rm(properties, { force: true });
  return id;
}

function toProgram(
  dataDir: string,
  clusterId: string,
  { code, port, javaOptions = [] }: KafkaOptions,
  output: number,
): Program {
  return {
    name: 'kafka',
    command: code.java,
    args: [...javaArgs(code), ...javaOptions, 'kafka.Kafka', propertiesOf(dataDir)],
    cwd: dataDir,
    env: javaEnvironment(),
    output,
    stopSignal: 'SIGTERM',
    patienceMs: 30_000,
    isReady: () => answers(port, clusterId),
  };
}

function javaArgs(code: KafkaCode): string[] {
  const archive = archiveOf(code);
  const logging = pathToFileURL(join(kafkaHome, 'log4j2.properties')).href;
  return [
    '-Xms64m',
    '-Xmx512m',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${logging}`,
    ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    '-cp',
    join(code.jars, '*'),
  ];
}

const javaEnvironment = () => ({
  ...pick(process.env, ['PATH', 'HOME', 'SystemRoot', 'TMPDIR', 'TEMP']),
  TZ: 'UTC',
});
