import { execFile } from 'node:child_process';
import { access, chown, mkdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../refusal.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { choosePlace } from './place.ts';

export interface ClusterOptions {
  readonly dataDir: string;
  readonly superuser: string;
  readonly password: string;
  readonly account: Account | undefined;
  readonly binaries: Binaries;
}

/** Makes the data folder with `initdb` unless it is there, and tells where it really is. */
export async function makeCluster(options: ClusterOptions): Promise<string> {
  const { account } = options;
  const asked = resolve(options.dataDir);
  if (await exists(join(asked, 'PG_VERSION'))) return realpath(asked);
  // A link that leads nowhere, or the rest of an interrupted start.
  await rm(asked, { recursive: true, force: true });
  await mkdir(dirname(asked), { recursive: true });
  const place = await choosePlace(asked, account);
  await initialise(place, options);
  if (place !== asked) await symlink(place, asked);
  return realpath(asked);
}

/**
 * `initdb` works in a draft folder that gets its name when it is whole, so an interrupted one is
 * never taken for a database.
 */
async function initialise(place: string, options: ClusterOptions): Promise<void> {
  const { account, binaries, superuser, password } = options;
  const draft = `${place}.draft`;
  const passwordFile = `${place}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(draft, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const args = [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own Unicode rules: the same order and case on every machine, whatever locales it
    // has.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
  ];
  try {
    const env = { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], LC_ALL: 'C' };
    await promisify(execFile)(binaries.initdb, args, {
      env,
      cwd: draft,
      uid: account?.uid,
      gid: account?.gid,
    });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    await rm(draft, { recursive: true, force: true });
    const why = (stderr?.trim() || message).split('\n').slice(-3).join(' ');
    throw new Refusal(`PostgreSQL could not make its data folder ${place}: ${why}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, place);
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
