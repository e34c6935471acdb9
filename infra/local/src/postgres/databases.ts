import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { migrate } from '@hemline/postgres';
import { provision, withDatabase, withRole, type DatabasePlan } from './provision.ts';
import { toShown } from '../folder/data-folder.ts';
import { Refusal } from '../refusal.ts';
import { dataApps, databases, type DataApp, type Database, type Setting } from '../topology.ts';

export interface Databases extends Pick<Setting, 'databaseUrls' | 'eventsUrls'> {
  /** As the roles that own the tables; for migrations alone. */
  readonly ownerUrls: Readonly<Record<Database, string>>;
}

type Passwords = Readonly<Record<string, string>>;

const extensions: Partial<Record<Database, readonly string[]>> = {
  catalog: ['pg_trgm', 'unaccent'],
};

/** One database for each app that owns data, with roles that no other database lets in. */
export function planDatabases(passwords: Passwords): DatabasePlan[] {
  const role = (name: string) => ({ name, password: passwords[name] ?? '' });
  return databases.map((name) => ({
    name,
    owner: role(`${name}_owner`),
    users: (name === 'events' ? dataApps : [name]).map(role),
    extensions: extensions[name] ?? [],
  }));
}

/** Makes the databases and roles of the whole platform, or makes sure that they are as planned. */
export async function provisionAll(adminUrl: string, passwords: Passwords): Promise<Databases> {
  await provision(adminUrl, planDatabases(passwords));
  const as = (role: string, database: string) =>
    withDatabase(withRole(adminUrl, { name: role, password: passwords[role] ?? '' }), database);
  return {
    databaseUrls: record(dataApps, (app) => as(app, app)),
    eventsUrls: record(dataApps, (app) => as(app, 'events')),
    ownerUrls: record(databases, (name) => as(`${name}_owner`, name)),
  };
}

export async function provisionEmbedded(adminUrl: string, passwords: Passwords) {
  return provisionAll(adminUrl, passwords).catch((error: Error) => {
    if ((error as pg.DatabaseError).code !== '28P01') throw error;
    throw new Refusal(
      'PostgreSQL does not take the password in secrets.json, so its data is from another time: ' +
        'put the right file back, or forget the data by "npm run reset".',
    );
  });
}

/** Databases of whoever starts us, instead of embedded ones: all five, or none. */
export function findGivenDatabases(env: NodeJS.ProcessEnv): Databases | undefined {
  const nameOf = (name: Database) => `${name.toUpperCase()}_DATABASE_URL`;
  const missing = databases.filter((name) => !env[nameOf(name)]);
  if (missing.length === databases.length) return undefined;
  if (missing.length > 0) {
    const names = missing.map(nameOf).join(', ');
    throw new Refusal(`Databases are given by the environment, but not all: ${names} is missing.`);
  }
  const urlOf = (name: Database) => env[nameOf(name)] ?? '';
  return {
    databaseUrls: record(dataApps, urlOf),
    eventsUrls: record(dataApps, () => urlOf('events')),
    ownerUrls: record(
      databases,
      (name) => env[`${name.toUpperCase()}_OWNER_DATABASE_URL`] ?? urlOf(name),
    ),
  };
}

/** Brings every database to the shape that the code expects. */
export async function migrateAll(ownerUrls: Databases['ownerUrls'], home: string): Promise<void> {
  await Promise.all(databases.map((name) => migrateDatabase(name, ownerUrls[name], home)));
}

async function migrateDatabase(name: Database, databaseUrl: string, home: string) {
  const messaging = name === 'events' ? 'log' : 'app';
  const steps = [
    { dir: join(home, 'libs/messaging/migrations', messaging), table: 'messaging_migrations' },
    { dir: join(home, 'apps', name, 'migrations'), table: 'migrations' },
  ];
  for (const { dir, table } of steps) {
    if (!existsSync(dir)) continue;
    await migrate({ databaseUrl, dir, table }).catch((error: Error) => {
      throw new Refusal(`The migrations of ${name} in ${toShown(dir)} fail: ${error.message}`);
    });
  }
}

function record<Name extends DataApp | Database>(
  names: readonly Name[],
  value: (name: Name) => string,
) {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, string>;
}
