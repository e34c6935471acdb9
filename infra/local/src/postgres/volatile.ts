import { chownSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRunFolder } from '../folder/run-folder.ts';
import { findFreePort } from '../process/ports.ts';
import { findAccount } from './account.ts';
import { clearLeftovers } from './leftovers.ts';
import { startPostgres, type PostgresServer } from './server.ts';

/** A PostgreSQL of its own for a test run, in a temporary folder that its stop removes. */
export async function startVolatilePostgres(): Promise<PostgresServer> {
  const folder = await makeRunFolder('hemline-test-postgres-', (abandoned) =>
    clearLeftovers(join(abandoned, 'data')),
  );
  const account = await findAccount();
  if (account) chownSync(folder, account.uid, account.gid);
  const dataDir = join(folder, 'data');
  const port = await findFreePort();
  const server = await startPostgres({ dataDir, port, durability: 'volatile' });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, stop };
}
