import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { createLogger } from '@hemline/telemetry';
import { Client, escapeIdentifier } from 'pg';
import { Database } from '../src/database.ts';
import { migrate } from '../src/migrate.ts';

const root = new URL('../../../', import.meta.url).pathname;
export const apps = ['catalog', 'cart', 'payments', 'images'] as const;
type Name = (typeof apps)[number] | 'events' | 'messaging';

/** The folders whose migrations make a database of this name; `messaging` is an app without tables. */
const foldersOf = (name: Name): readonly { dir: string; table: string }[] => {
  if (name === 'events')
    return [{ dir: `${root}libs/messaging/migrations/log`, table: 'migrations' }];
  const messaging = { dir: `${root}libs/messaging/migrations/app`, table: 'migrations_messaging' };
  return name === 'messaging'
    ? [messaging]
    : [messaging, { dir: `${root}apps/${name}/migrations`, table: 'migrations' }];
};

const adminUrl = (): string => {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url)
    throw new Error('TEST_DATABASE_URL is not set: run this file in the Jest project int or e2e');
  return url;
};

const urlOf = (database: string, role?: string): string => {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  if (role) {
    url.username = role;
    url.password = 'test';
  }
  return url.href;
};

const asAdmin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const createRole = (role: string): string =>
  `do $$ begin create role ${escapeIdentifier(role)} login password 'test';
   exception when duplicate_object or unique_violation then null; end $$`;

const isThere = async (client: Client, database: string): Promise<boolean> =>
  (await client.query('select 1 from pg_database where datname = $1', [database])).rowCount === 1;

/** The name carries a digest of the migrations, so that an edited one makes another template. */
const templateName = async (name: Name): Promise<string> => {
  const hash = createHash('sha256');
  for (const { dir } of foldersOf(name)) {
    for (const file of (await readdir(dir)).toSorted())
      hash.update(await readFile(`${dir}/${file}`));
  }
  return `template_${name}_${hash.digest('hex').slice(0, 12)}`;
};

const makeTemplate = async (client: Client, name: Name, template: string): Promise<void> => {
  await client.query("select pg_advisory_lock(hashtext('hemline test templates'))");
  try {
    if (await isThere(client, template)) return;
    for (const app of [...apps, 'messaging']) await client.query(createRole(app));
    await client.query(createRole(`${name}_owner`));
    const draft = `${template}_${randomBytes(4).toString('hex')}`;
    await client.query(`create database ${draft} owner ${name}_owner`);
    for (const { dir, table } of foldersOf(name)) {
      await migrate({ databaseUrl: urlOf(draft, `${name}_owner`), dir, table });
    }
    await client.query(`alter database ${draft} rename to ${template}`);
  } finally {
    await client.query("select pg_advisory_unlock(hashtext('hemline test templates'))");
  }
};

export type TestDatabase = {
  readonly database: Database;
  /** As the app's own role, which can change rows and no tables. */
  readonly url: string;
  /** As the role that owns the tables. */
  readonly ownerUrl: string;
  /** The same database as another role. */
  urlAs(role: string): string;
  close(): Promise<void>;
};

/** A database of its own, cloned from a template that has every migration; dropped on `close`. */
export const testDatabase = async (name: Name): Promise<TestDatabase> => {
  const template = await templateName(name);
  const clone = `test_${name}_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (client) => {
    await makeTemplate(client, name, template);
    await client.query(`create database ${clone} template ${template} owner ${name}_owner`);
    await client.query(`revoke connect on database ${clone} from public`);
    const users = name === 'events' ? [...apps, 'messaging'] : [name];
    await client.query(`grant connect on database ${clone} to ${users.join(', ')}`);
  });
  const url = urlOf(clone, name === 'events' ? 'messaging' : name);
  const logger = createLogger({ service: name, level: 'silent' });
  const database = new Database({ url, name: 'test', logger });
  return {
    database,
    url,
    ownerUrl: urlOf(clone, `${name}_owner`),
    urlAs: (role) => urlOf(clone, role),
    close: async () => {
      await database.close();
      await asAdmin((client) => client.query(`drop database if exists ${clone} with (force)`));
    },
  };
};
