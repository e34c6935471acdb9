import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A test file's own text and that of the files beside it which it imports. */
async function readWithImports(file) {
  const text = await readFile(file, 'utf8');
  const paths = [...text.matchAll(/from '(?<path>\.[^']+)'/g)].map(({ groups }) => groups.path);
  const imported = paths.map((path) => readFile(resolve(file, '..', path), 'utf8').catch(() => ''));
  return [text, ...(await Promise.all(imported))].join('\n');
}

/**
 * Kafka takes seconds of both cores to start, so it is started for runs alone that have a use for
 * it: for those with a test file that mentions TEST_KAFKA, or imports one that does.
 */
async function isWanted(globalConfig) {
  const patterns = globalConfig.testPathPatterns?.patterns ?? [];
  const wanted = patterns.map((pattern) => new RegExp(pattern, 'i'));
  const files = glob('{libs,apps,infra}/**/*.{int,e2e}-spec.ts', {
    cwd: globalConfig.rootDir,
    exclude: (path) => /(?:^|\/)(?:node_modules|dist)$/.test(path),
  });
  for await (const file of files) {
    const isChosen = wanted.length === 0 || wanted.some((pattern) => pattern.test(file));
    if (
      isChosen &&
      (await readWithImports(join(globalConfig.rootDir, file))).includes('TEST_KAFKA')
    )
      return true;
  }
  return false;
}

/**
 * One throw-away Kafka for a whole run, unless TEST_KAFKA_BROKERS or KAFKA_BROKERS already names one. Where none can
 * be had, TEST_KAFKA_MISSING says why, and tests that need one skip themselves by it.
 */
export async function setUpKafka(globalConfig) {
  if (process.env.TEST_KAFKA_BROKERS || process.env.TEST_KAFKA_MISSING) return undefined;
  if (process.env.KAFKA_BROKERS) {
    process.env.TEST_KAFKA_BROKERS = process.env.KAFKA_BROKERS;
    return undefined;
  }
  if (!(await isWanted(globalConfig))) return undefined;
  const { findKafka } = await import('../../infra/local/src/kafka/fetch.ts');
  const onFetch = (version) => console.log(`fetching Kafka ${version} by Maven`);
  const kafka = await findKafka({ env: process.env, onFetch });
  if (kafka.kind === 'missing') {
    process.env.TEST_KAFKA_MISSING = kafka.reason;
    return undefined;
  }
  const { startVolatileKafka } = await import('../../infra/local/src/kafka/volatile.ts');
  const server = await startVolatileKafka(kafka);
  process.env.TEST_KAFKA_BROKERS = server.brokers;
  return server;
}
