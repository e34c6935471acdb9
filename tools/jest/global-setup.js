/**
 * One throw-away PostgreSQL for a whole run of the projects `int` and `e2e`, unless
 * TEST_DATABASE_URL already names one. Test files clone databases from it and share nothing. Plain
 * JavaScript, as Jest loads it before any transform.
 */
export default async function setUp() {
  if (process.env.TEST_DATABASE_URL) return;
  const { startVolatilePostgres } = await import('../../infra/local/src/postgres/volatile.ts');
  const server = await startVolatilePostgres();
  process.env.TEST_DATABASE_URL = server.url;
  globalThis.hemlineTestPostgres = server;
}
