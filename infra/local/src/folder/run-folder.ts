import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '../process/identity.ts';

/**
 * A temporary folder for one run of tests. What earlier runs left behind because they were killed
 * is found by their owners' process numbers and start times; `clear` ends what still runs from such
 * a folder before it is removed.
 */
export async function makeRunFolder(
  prefix: string,
  clear: (folder: string) => Promise<void>,
): Promise<string> {
  await mkdir(tmpdir(), { recursive: true });
  await removeAbandoned(prefix, clear);
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(folder, 'owner.json'), JSON.stringify(await identify(process.pid)));
  return folder;
}

async function removeAbandoned(prefix: string, clear: (folder: string) => Promise<void>) {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const folder = join(tmpdir(), name);
    const owner = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => undefined);
    // Without the file its owner is starting this very moment.
    if (owner === undefined || (await isRunning(JSON.parse(owner) as ProcessIdentity))) continue;
    await clear(folder).catch(() => {});
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
