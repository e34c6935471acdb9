import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inspectProcess } from '../process/identity.ts';
import { makeArchive } from './archive.ts';
import { kafkaHome, type KafkaCode } from './code.ts';
import { findJava } from './java.ts';

export { kafkaHome, type KafkaCode } from './code.ts';

export type Kafka = KafkaCode | { readonly kind: 'missing'; readonly reason: string };

export interface FindOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Called before a fetch, which takes a while the first time. */
  readonly onFetch?: (version: string) => void;
  readonly signal?: AbortSignal;
}

const FETCH_MS = 10 * 60_000;

/**
 * Kafka from the cache, or else by Maven into it. It gets its name there when it is whole, so one
 * that was interrupted is never taken for Kafka.
 */
export async function findKafka({ env, onFetch, signal }: FindOptions): Promise<Kafka> {
  const java = await findJava(env);
  if (java.kind === 'missing') return java;
  const pom = await readFile(join(kafkaHome, 'pom.xml'), 'utf8');
  const version = /<kafka\.version>(?<version>[^<]+)</.exec(pom)?.groups?.['version'] ?? '';
  const hash = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const folder = join(cacheFolder(env), `kafka-${version}-${hash}`);
  const code: KafkaCode = { kind: 'found', java: java.command, jars: folder, version };
  if (await exists(folder)) return code;
  onFetch?.(version);
  const reason = await fetchInto(folder, env, signal);
  if (reason !== undefined) return { kind: 'missing', reason };
  signal?.throwIfAborted();
  await makeArchive(code);
  return code;
}

const cacheFolder = (env: NodeJS.ProcessEnv) =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hemline');

/** Returns why it could not be fetched, if it could not. */
async function fetchInto(folder: string, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  const draft = `${folder}.draft-${process.pid}`;
  await removeAbandoned(resolve(folder, '..'));
  await mkdir(draft, { recursive: true });
  try {
    const args = [
      '--batch-mode',
      '--no-transfer-progress',
      '--strict-checksums',
      `--file=${join(kafkaHome, 'pom.xml')}`,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ];
    await promisify(execFile)('mvn', args, { env, timeout: FETCH_MS, ...(signal && { signal }) });
    await rename(draft, folder).catch(async (error: unknown) => {
      // Somebody else fetched it meanwhile.
      if (!(await exists(folder))) throw error;
    });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return describeFailure(error as NodeJS.ErrnoException & { stdout?: string });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function describeFailure(error: NodeJS.ErrnoException & { stdout?: string }): string {
  if (error.code === 'ENOENT') return 'there is no Maven here (mvn)';
  const complaint = error.stdout?.split('\n').find((line) => line.startsWith('[ERROR]'));
  const why = complaint?.slice('[ERROR] '.length) ?? error.message.split('\n')[0] ?? '';
  return `Maven could not fetch Kafka: ${why.slice(0, 300)}`;
}

/** Drafts of fetches that were killed. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const pid = /\.draft-(?<pid>\d+)$/.exec(name)?.groups?.['pid'];
    if (pid === undefined || (await inspectProcess(Number(pid)))) continue;
    await rm(join(cache, name), { recursive: true, force: true });
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
