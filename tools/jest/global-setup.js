import { setUpKafka } from './kafka.js';

/**
 * One throw-away PostgreSQL for a whole run of the projects `int` and `e2e`, unless
 * TEST_DATABASE_URL already names one, and beside it a Kafka where a test asks for one. Test files
 * clone databases and prefix topics, and share nothing. Plain JavaScript, as Jest loads it before
 * any transform.
 */
export default async function setUp(globalConfig) {
  const [postgres, kafka] = await Promise.allSettled([setUpPostgres(), setUpKafka(globalConfig)]);
  globalThis.hemlineTestServers = [postgres, kafka].flatMap(({ value }) => value ?? []);
  for (const { reason } of [postgres, kafka]) if (reason) throw reason;
}

async function setUpPostgres() {
  if (process.env.TEST_DATABASE_URL) return undefined;
  const { startVolatilePostgres } = await import('../../infra/local/src/postgres/volatile.ts');
  const server = await startVolatilePostgres();
  process.env.TEST_DATABASE_URL = server.url;
  return server;
}
