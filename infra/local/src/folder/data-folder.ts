import { mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Refusal } from '../refusal.ts';

const MIB = 1024 * 1024;
const NEEDED_MIB = 500;

/** Where everything that one installation keeps lies. */
export function toPaths(dataDir: string) {
  const logs = join(dataDir, 'logs');
  return {
    dataDir,
    lock: join(dataDir, 'lock.json'),
    children: join(dataDir, 'children.json'),
    secrets: join(dataDir, 'secrets.json'),
    state: join(dataDir, 'state.json'),
    demoMarker: join(dataDir, 'demo.json'),
    postgres: join(dataDir, 'postgres'),
    kafka: join(dataDir, 'kafka'),
    redis: join(dataDir, 'redis'),
    eventLog: join(dataDir, 'event-log.json'),
    images: join(dataDir, 'images'),
    psp: join(dataDir, 'psp'),
    logs,
    logOf: (service: string) =>
      join(logs, writesItself.has(service) ? `${service}.log` : `${service}.jsonl`),
  };
}

/** Engines that write logs of their own form. */
const writesItself = new Set(['postgres', 'kafka', 'redis']);

/** As a person would type it: relative where that is shorter. */
export function toShown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.length < path.length && !short.startsWith('..') ? short : path;
}

export type Paths = ReturnType<typeof toPaths>;

/**
 * Makes the folders. The outer one may be passed through, as PostgreSQL may run as another account.
 */
export async function makeDataFolder(paths: Paths): Promise<void> {
  try {
    await makeFolder(paths.dataDir, 0o711);
    for (const folder of [paths.logs, paths.images, paths.psp]) await makeFolder(folder, 0o700);
  } catch (error) {
    throw new Refusal(
      `The data folder ${paths.dataDir} cannot be made (${(error as Error).message}); ` +
        'choose another by --data DIR.',
    );
  }
  await checkSpace(paths.dataDir);
}

/** Not by `recursive: true`, with which Node 24 never returns below folders such as /proc. */
async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const exists = code === 'EEXIST' && (await stat(path)).isDirectory();
    if (exists) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || (await stat(parent).catch(() => undefined))) throw error;
    await makeFolder(parent, 0o755);
    await mkdir(path, mode);
  }
}

export async function checkSpace(dataDir: string): Promise<void> {
  const free = await freeMib(dataDir);
  if (free >= NEEDED_MIB) return;
  throw new Refusal(
    `The disk of ${dataDir} has ${free} MiB left, and ${NEEDED_MIB} MiB are needed; ` +
      'make room, or choose a folder on another disk by --data DIR.',
  );
}

export async function freeMib(dataDir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dataDir);
  return Math.floor((bavail * bsize) / MIB);
}
