import { runner } from 'node-pg-migrate';
import { Client } from 'pg';

/** What goes wrong is thrown; the rest is nobody's news. */
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

type MigrateOptions = {
  /** As the owner of the database: migrations are the only ones who may define tables. */
  readonly databaseUrl: string;
  /** A folder of `0001_name.sql` files. */
  readonly dir: string;
  /** The table that remembers which have run; each folder has its own. */
  readonly table: string;
};

/** Runs what has not run yet, each file in a transaction, one migrator at a time. Returns their names. */
export const migrate = async ({ databaseUrl, dir, table }: MigrateOptions): Promise<string[]> => {
  // A client of ours, as the runner's own is still closing when it resolves.
  const client = new Client({
    connectionString: databaseUrl,
    options: '-c lock_timeout=2000',
  });
  client.on('error', () => {}); // Whatever statement it interrupts is what rejects.
  await client.connect();
  try {
    const done = await runner({
      dbClient: client,
      dir: `${dir}/*.sql`,
      useGlob: true,
      migrationsTable: table,
      direction: 'up',
      checkOrder: true,
      singleTransaction: false,
      logger: silent,
    });
    return done.map(({ name }) => name);
  } finally {
    await client.end();
  }
};
