import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { prepareDatabases, requiredNames } from '../src/migrate.ts';
import { withClient, withDatabase, withRole } from '../src/postgres/provision.ts';
import type { PostgresServer } from '../src/postgres/server.ts';
import { startVolatilePostgres } from '../src/postgres/volatile.ts';

jest.setTimeout(60_000);

const home = resolve(import.meta.dirname, '../../..');
let server: PostgresServer;
let env: Record<string, string>;

const query = (role: string, database: string, text: string, password = `of ${role}`) =>
  withClient(
    withDatabase(withRole(server.url, { name: role, password }), database),
    async (client) => (await client.query(text)).rows as Record<string, unknown>[],
  );

beforeAll(async () => {
  server = await startVolatilePostgres();
  const passwords = requiredNames().map((name) => [
    name,
    `of ${name.replace(/_PASSWORD$/, '').toLowerCase()}`,
  ]);
  env = { ...Object.fromEntries(passwords), ADMIN_DATABASE_URL: server.url };
});

afterAll(() => server.stop());

describe('preparing the databases of a deployment', () => {
  it('names all that is missing, together, and shows no value', async () => {
    const { CART_PASSWORD, EVENTS_OWNER_PASSWORD, ...rest } = env;
    await expect(prepareDatabases(rest, home)).rejects.toThrow(
      'The databases cannot be made: CART_PASSWORD, EVENTS_OWNER_PASSWORD is missing.',
    );
    expect([CART_PASSWORD, EVENTS_OWNER_PASSWORD]).toEqual(['of cart', 'of events_owner']);
  });

  it('makes tables that each service may use and not change, and the event log', async () => {
    await prepareDatabases(env, home);
    expect(await query('cart', 'cart', 'select count(*)::int n from carts')).toEqual([{ n: 0 }]);
    await expect(query('cart', 'cart', 'drop table carts')).rejects.toThrow(/must be owner/);
    await expect(query('cart', 'catalog', 'select 1')).rejects.toThrow(/permission denied/);
    expect(await query('images', 'events', 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is safe to run again: rows stay, and a changed password is taken', async () => {
    await query('cart_owner', 'cart', 'create table kept as select 7 as n');
    await prepareDatabases({ ...env, CART_PASSWORD: 'another' }, home);
    expect(await query('cart_owner', 'cart', 'select n from kept')).toEqual([{ n: 7 }]);
    await expect(query('cart', 'cart', 'select 1')).rejects.toThrow(/password/);
    expect(await query('cart', 'cart', 'select 1 as one', 'another')).toEqual([{ one: 1 }]);
  });

  it('is safe to run twice at once', async () => {
    await expect(
      Promise.all([prepareDatabases(env, home), prepareDatabases(env, home)]),
    ).resolves.toBeDefined();
  });
});
