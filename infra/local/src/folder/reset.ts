import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toPaths } from './data-folder.ts';
import { removePlace } from '../postgres/place.ts';
import { findHolder } from '../process/lock.ts';
import { endOrphans } from '../process/orphans.ts';
import { Refusal } from '../refusal.ts';

/** Names that only a data folder of ours has; a folder without any of them is somebody else's. */
const marks = new Set(['secrets.json', 'lock.json', 'state.json']);

/** Forgets everything that a data folder holds. Returns false if there was nothing. */
export async function reset(dataDir: string): Promise<boolean> {
  const names = await readdir(dataDir).catch(() => []);
  if (names.length === 0) return false;
  if (!names.some((name) => marks.has(name))) {
    throw new Refusal(`${dataDir} is not a data folder of Hemline; nothing was removed.`);
  }
  const paths = toPaths(dataDir);
  const holder = await findHolder(paths.lock);
  if (holder) {
    throw new Refusal(`A shop runs from ${dataDir} (process ${holder.pid}); stop it first.`);
  }
  await endOrphans(paths.children);
  await removePlace(await realpath(paths.postgres).catch(() => paths.postgres));
  // The folder itself may be a mount point; what is in it goes, and it goes if it can.
  for (const name of names) await rm(join(dataDir, name), { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true }).catch(() => {});
  return true;
}
