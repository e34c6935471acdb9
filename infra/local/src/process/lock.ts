import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Refusal } from '../refusal.ts';
import { identify, isRunning, type ProcessIdentity } from './identity.ts';

export interface Lock {
  release(): Promise<void>;
}

/**
 * Holds a data folder for this process. The lock is a file that names its holder by process number
 * and start time, so that one left by a crash, whose number may belong to anybody by now, is known
 * as stale. It comes into being whole, by a link, which fails if the name is taken.
 */
export async function acquireLock(file: string, folder: string): Promise<Lock> {
  const mine = JSON.stringify(await identify(process.pid));
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (await tryLink(draft, file)) {
        return { release: () => rm(file, { force: true }) };
      }
      const holder = await findHolder(file);
      if (holder) throw inUse(folder, holder.pid);
      await removeStale(file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new Refusal(`The lock ${file} cannot be taken; remove it if no Hemline runs in ${folder}.`);
}

/** Who holds the lock now, if anybody that still runs. */
export async function findHolder(file: string): Promise<ProcessIdentity | undefined> {
  const holder = parse(await readFile(file, 'utf8').catch(() => ''));
  return holder && (await isRunning(holder)) ? holder : undefined;
}

/**
 * Two starts may find the same stale lock, and the slower one must not remove the lock that the
 * faster one has taken meanwhile. So the file is first moved away, and moved back if it turns out
 * to have a living holder.
 */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(() => {});
  if (await findHolder(aside)) await tryLink(aside, file);
  await rm(aside, { force: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parse(text: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

export const inUse = (folder: string, pid: number) =>
  new Refusal(
    `The data folder ${folder} is in use by process ${pid}; stop that one, or give this one ` +
      'its own by --data DIR and its own ports by --port-base N.',
  );
