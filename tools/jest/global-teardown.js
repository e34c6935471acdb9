export default async function tearDown() {
  await globalThis.hemlineTestPostgres?.stop();
  globalThis.hemlineTestPostgres = undefined;
  delete process.env.TEST_DATABASE_URL;
}
