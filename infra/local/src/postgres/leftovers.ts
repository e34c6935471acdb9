import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  endProcess,
  findWorkingDirectory,
  inspectProcess,
  trySignal,
} from '../process/identity.ts';

/** Larger than any process number in use, so PostgreSQL sees at once that nobody has it. */
const NOBODY = 2 ** 31 - 1;

/**
 * Clears the way for a start after a crash. Three things may be left over:
 *
 * - A whole server that outlived its launcher. It is known by its command line, which names our
 *   data folder, and is shut down properly.
 * - A `postmaster.pid` whose number now belongs to some other process; PostgreSQL would take that
 *   for a running server. The number is replaced, not the file removed: the file also names the
 *   shared memory by which PostgreSQL makes sure that no session of the dead server still writes.
 * - Sessions of a server that was killed. They work in the data folder and end by themselves once
 *   they look up; one in the middle of a long query is told to.
 */
export async function clearLeftovers(folder: string): Promise<void> {
  const dataDir = await realpath(folder).catch(() => undefined);
  if (dataDir === undefined) return;
  const file = join(dataDir, 'postmaster.pid');
  const content = await readFile(file, 'utf8').catch(() => '');
  const [first, ...rest] = content.split('\n');
  const pid = Number(first);
  if (content.trim() === '') await rm(file, { force: true });
  const found = await inspectProcess(pid);
  if (found && isPostmasterOf(dataDir, found.command)) {
    await endProcess(found, 'SIGINT', 10_000);
  } else if (found) {
    await writeFile(file, [NOBODY, ...rest].join('\n'));
  }
  await endSessions(dataDir);
}

const isPostmasterOf = (dataDir: string, command: string) =>
  command.includes('postgres') && command.includes(` -D ${dataDir} `);

async function endSessions(dataDir: string): Promise<void> {
  if (platform() !== 'linux') return;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const sessions = await findSessions(dataDir);
    if (sessions.length === 0) return;
    if (attempt === 8) for (const pid of sessions) trySignal(pid, 'SIGQUIT');
    if (attempt === 60) for (const pid of sessions) trySignal(pid, 'SIGKILL');
    await sleep(50);
  }
}

async function findSessions(dataDir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const folders = await Promise.all(pids.map(findWorkingDirectory));
  return pids.filter((pid, index) => folders[index] === dataDir && pid !== process.pid);
}
