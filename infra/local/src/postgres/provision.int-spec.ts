import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provision, withClient, withDatabase, withRole, type DatabasePlan } from './provision.ts';

const adminUrl = process.env['TEST_DATABASE_URL'] ?? '';
const tag = randomBytes(4).toString('hex');
const role = (name: string) => ({ name: `${name}_${tag}`, password: `p'"${name}@:/?#` });
const plan = (name: string): DatabasePlan => ({
  name: `${name}_${tag}`,
  owner: role(`${name}_owner`),
  users: [role(name)],
  extensions: ['pg_trgm'],
});
const shirts = plan('shirts');
const shoes = plan('shoes');

const query = (who: { name: string; password: string }, database: string, text: string) =>
  withClient(withDatabase(withRole(adminUrl, who), database), (client) => client.query(text));

beforeAll(() => provision(adminUrl, [shirts, shoes]));

afterAll(() =>
  withClient(adminUrl, async (admin) => {
    for (const { name } of [shirts, shoes]) await admin.query(`drop database ${name}`);
    for (const { name } of [shirts, shoes].flatMap(({ owner, users }) => [owner, ...users])) {
      await admin.query(`drop role ${name}`);
    }
  }),
);

describe('a service’s database', () => {
  it('lets its own role in, and refuses every other service’s', async () => {
    const [user] = shirts.users;
    if (!user) throw new Error('no user');
    await expect(query(user, shirts.name, 'select 1')).resolves.toBeDefined();
    await expect(query(user, shoes.name, 'select 1')).rejects.toThrow(/permission denied/);
    await expect(query(user, 'postgres', 'select 1')).rejects.toThrow(/permission denied/);
    await expect(query(shirts.owner, shoes.name, 'select 1')).rejects.toThrow(/permission denied/);
  });

  it('has tables made by its owner, and none by the role that runs', async () => {
    const [user] = shirts.users;
    if (!user) throw new Error('no user');
    await query(shirts.owner, shirts.name, 'create table sleeves (id int)');
    const refused = query(user, shirts.name, 'create table collars (id int)');
    await expect(refused).rejects.toThrow(/permission denied/);
    await expect(query(user, shirts.name, 'select * from sleeves')).rejects.toThrow(/denied/);
  });

  it('stays as it is when it is provided for again, with a new password', async () => {
    const [user] = shirts.users;
    if (!user) throw new Error('no user');
    const changed = { ...user, password: 'another' };
    await provision(adminUrl, [{ ...shirts, users: [changed] }, shoes]);
    await expect(query(user, shirts.name, 'select 1')).rejects.toThrow(/password/);
    await expect(query(changed, shirts.name, 'select 1')).resolves.toBeDefined();
    const tables = await query(shirts.owner, shirts.name, "select to_regclass('sleeves')::text t");
    expect(tables.rows).toEqual([{ t: 'sleeves' }]);
  });
});
