import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { isReachable, SYSTEM_HOME, type Account } from './account.ts';
import { clearLeftovers } from './leftovers.ts';

/**
 * Where a new data folder goes: where it was asked for, unless root asked for a place that is
 * closed to the account that runs PostgreSQL, such as root's home. Then it goes into a system
 * folder, with a note of the link that leads to it.
 */
export async function choosePlace(asked: string, account: Account | undefined): Promise<string> {
  if (await isReachable(asked, account)) return asked;
  await mkdir(SYSTEM_HOME, { recursive: true, mode: 0o755 });
  await removeAbandoned();
  const name = createHash('sha256').update(asked).digest('hex').slice(0, 12);
  const place = join(SYSTEM_HOME, `data-${name}`);
  await removePlace(place);
  await writeFile(noteOf(place), asked, { mode: 0o600 });
  return place;
}

export async function removePlace(place: string): Promise<void> {
  await clearLeftovers(place);
  await rm(place, { recursive: true, force: true });
  if (place.startsWith(SYSTEM_HOME)) await rm(noteOf(place), { force: true });
}

/**
 * Data of checkouts in temporary folders that are gone. Anywhere else a missing folder may just be
 * a disk that is not mounted, and its data stays.
 */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(SYSTEM_HOME)).filter((name) => name.endsWith('.note'));
  for (const name of names) {
    const place = join(SYSTEM_HOME, name.slice(0, -'.note'.length));
    const link = await readFile(noteOf(place), 'utf8');
    const isTemporary = link.startsWith(tmpdir() + sep);
    const target = await readlink(link).catch(() => undefined);
    if (isTemporary && target !== place) await removePlace(place);
  }
}

const noteOf = (place: string) => `${place}.note`;
