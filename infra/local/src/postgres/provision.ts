import pg from 'pg';

export interface Role {
  readonly name: string;
  readonly password: string;
}

/** A database, the role that owns and migrates it, and the roles that may read and change rows. */
export interface DatabasePlan {
  readonly name: string;
  readonly owner: Role;
  readonly users: readonly Role[];
  readonly extensions?: readonly string[];
}

/**
 * Makes databases and roles, or makes sure that they are as planned. Nobody but a database's own
 * roles may connect to it, and users create nothing in it; what they may do with each table is
 * granted by its migrations. `adminUrl` is a superuser's.
 */
export async function provision(adminUrl: string, plans: readonly DatabasePlan[]): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    const roles = plans.flatMap(({ owner, users }) => [owner, ...users]);
    for (const role of unique(roles)) await ensureRole(admin, role);
    for (const name of ['postgres', 'template1']) {
      await admin.query(`revoke connect on database ${id(name)} from public`);
    }
    await admin.query('create extension if not exists pg_stat_statements');
  });
  await Promise.all(plans.map((plan) => provisionDatabase(adminUrl, plan)));
}

async function provisionDatabase(adminUrl: string, plan: DatabasePlan): Promise<void> {
  const { name, owner, users, extensions = [] } = plan;
  await withClient(adminUrl, async (admin) => {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await admin.query(`create database ${id(name)} owner ${id(owner.name)}`);
    await admin.query(`revoke all on database ${id(name)} from public`);
    const names = users.map((user) => id(user.name)).join(', ');
    if (names) await admin.query(`grant connect on database ${id(name)} to ${names}`);
  });
  await withClient(withDatabase(adminUrl, name), async (inside) => {
    await inside.query(`alter schema public owner to ${id(owner.name)}`);
    await inside.query('revoke create on schema public from public');
    for (const extension of extensions) {
      await inside.query(`create extension if not exists ${id(extension)}`);
    }
  });
}

async function ensureRole(admin: pg.Client, { name, password }: Role): Promise<void> {
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [name]);
  const verb = rowCount ? 'alter' : 'create';
  await admin.query(
    `${verb} role ${id(name)} login nosuperuser nocreatedb nocreaterole noreplication ` +
      `password ${pg.escapeLiteral(password)}`,
  );
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server and role, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** The same server and database, another role. */
export function withRole(url: string, { name, password }: Role): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(name);
  changed.password = encodeURIComponent(password);
  return changed.href;
}

// Names and passwords of roles cannot be parameters: these statements take none.
const id = pg.escapeIdentifier;

const unique = (roles: readonly Role[]) => [...new Map(roles.map((r) => [r.name, r])).values()];
