import { describe, expect, it } from '@jest/globals';
import pg from 'pg';

describe('the PostgreSQL of a test run', () => {
  it('is there, with the extensions that the services use', async () => {
    const client = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] ?? '' });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select name from pg_available_extensions
        where name in ('pg_trgm', 'unaccent', 'pg_stat_statements') order by name`,
    );
    await client.end();
    expect(rows.map(({ name }) => name)).toEqual(['pg_stat_statements', 'pg_trgm', 'unaccent']);
  });
});
