import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { chownSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '../process/identity.ts';
import { findFreePort } from '../process/ports.ts';
import { findAccount } from './account.ts';
import { clearLeftovers } from './leftovers.ts';
import { startPostgres, type PostgresServer } from './server.ts';

const PREFIX = 'hemline-test-postgres-';

/**
 * A PostgreSQL of its own for a test run, in a temporary folder that its stop removes. What an
 * earlier run left behind because it was killed is found by its owner's process number and start
 * time, and is ended and removed first.
 */
export async function startVolatilePostgres(): Promise<PostgresServer> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  const account = await findAccount();
  if (account) chownSync(folder, account.uid, account.gid);
  await writeFile(join(folder, 'owner.json'), JSON.stringify(await identify(process.pid)));
  const dataDir = join(folder, 'data');
  const port = await findFreePort();
  const server = await startPostgres({ dataDir, port, durability: 'volatile' });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, stop };
}

async function removeAbandoned(): Promise<void> {
  await mkdir(tmpdir(), { recursive: true });
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const folder = join(tmpdir(), name);
    const owner = await readFile(join(folder, 'owner.json'), 'utf8').catch(() => undefined);
    // Without the file its owner is starting this very moment.
    if (owner === undefined || (await isRunning(JSON.parse(owner) as ProcessIdentity))) continue;
    await clearLeftovers(join(folder, 'data')).catch(() => {});
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
