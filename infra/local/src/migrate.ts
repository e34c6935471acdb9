import { resolve } from 'node:path';
import { migrateAll, planDatabases, provisionAll } from './postgres/databases.ts';
import { withClient } from './postgres/provision.ts';
import { Refusal } from './refusal.ts';
import { databases } from './topology.ts';

/**
 * What a deployment runs before its services, on a PostgreSQL of its own: makes databases and
 * roles, and brings every database to the shape that the code expects. Run again it changes
 * nothing but passwords that have changed. `ADMIN_DATABASE_URL` is a superuser's; the password of
 * each role is in `<ROLE>_PASSWORD`, as `CATALOG_OWNER_PASSWORD`.
 */
export async function prepareDatabases(env: NodeJS.ProcessEnv, home: string): Promise<void> {
  const { adminUrl, passwords } = readEnvironment(env);
  await withClient(adminUrl, async (admin) => {
    // One at a time: PostgreSQL refuses two that alter one role at once. It ends with the session.
    await admin.query('select pg_advisory_lock($1)', [LOCK]);
    const { ownerUrls } = await provisionAll(adminUrl, passwords);
    await migrateAll(ownerUrls, home);
  });
}

/** Any number that nobody else locks in the superuser's database. */
const LOCK = 4_839_201;

const toVariable = (role: string) => `${role.toUpperCase()}_PASSWORD`;

const roleNames = () => {
  const roles = planDatabases({}).flatMap(({ owner, users }) => [owner, ...users]);
  return [...new Set(roles.map(({ name }) => name))];
};

/** What `prepareDatabases` must be given. */
export const requiredNames = (): readonly string[] => [
  'ADMIN_DATABASE_URL',
  ...roleNames().map(toVariable),
];

/** All that is missing is named at once; a role without a password would let anybody in. */
function readEnvironment(env: NodeJS.ProcessEnv) {
  const missing = requiredNames().filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Refusal(`The databases cannot be made: ${missing.join(', ')} is missing.`);
  }
  const passwords = roleNames().map((role) => [role, env[toVariable(role)] ?? ''] as const);
  return { adminUrl: env['ADMIN_DATABASE_URL'] ?? '', passwords: Object.fromEntries(passwords) };
}

if (import.meta.main) {
  try {
    await prepareDatabases(process.env, resolve(import.meta.dirname, '../../..'));
    console.log(`The databases ${databases.join(', ')} are ready.`);
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  }
}
