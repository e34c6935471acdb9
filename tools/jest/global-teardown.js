export default async function tearDown() {
  await Promise.all((globalThis.hemlineTestServers ?? []).map((server) => server.stop()));
  globalThis.hemlineTestServers = undefined;
  for (const name of ['TEST_DATABASE_URL', 'TEST_KAFKA_BROKERS', 'TEST_KAFKA_MISSING']) {
    delete process.env[name];
  }
}
