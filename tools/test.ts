import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findChromium } from './chromium.ts';
import { fetchEngines, type Engines } from './engines.ts';
import { startPlatform } from './platform.ts';
import { jest, node, run, step } from './steps.ts';

// The one test command: builds, runs every suite, and says what it could not run and why. What was not
// run is counted as skipped and named, never as passed.

type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

type JestResult = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

const folder = await mkdtemp(join(tmpdir(), 'hemline-test-'));

const skippedTests: string[] = [];

/** Tests that were not run, by name, as a number alone says nothing of what it leaves open. */
const noteSkipped = ({ testResults }: JestResult): void => {
  for (const { name, assertionResults } of testResults) {
    for (const { fullName, status } of assertionResults) {
      if (status === 'passed' || status === 'failed') continue;
      skippedTests.push(`${relative(process.cwd(), name)}: ${fullName}`);
    }
  }
};

const runJest = async (
  name: string,
  projects: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Count> => {
  const outputFile = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
  console.log(`\n— ${name}`);
  const { code } = await run(
    node,
    [
      ...jest,
      // Journeys share one shop, and one of them stops a part of it.
      `--maxWorkers=${projects.includes('journey') ? 1 : 2}`,
      '--json',
      `--outputFile=${outputFile}`,
      '--selectProjects',
      ...projects,
    ],
    { env, show: true },
  );
  const result = JSON.parse(
    await readFile(outputFile, 'utf8').catch(() => 'null'),
  ) as JestResult | null;
  if (!result) return { passed: 0, failed: 1, skipped: 0 };
  noteSkipped(result);
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
    numTodoTests,
    numRuntimeErrorTestSuites,
  } = result;
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  // A run that counted no failure and still did not end well has failed as a whole.
  const skipped = numPendingTests + numTodoTests;
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
};

const notRun: string[] = [];

/** Counted as one that was skipped, and named at the end. */
const leaveOut = (what: string, reason: string): Count => {
  notRun.push(`${what}: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1 };
};

type Shop = { readonly name: string; readonly flags: readonly string[] };

const overPostgres: Shop = { name: 'journeys over PostgreSQL', flags: [] };
const overKafka: Shop = {
  name: 'journeys over Kafka, with Redis',
  flags: ['--events', 'kafka', '--redis'],
};

/** The same journeys, whatever carries the events. */
const runJourneys = async ({ name, flags }: Shop): Promise<Count> => {
  const chromium = await findChromium();
  if (chromium.kind === 'missing') return leaveOut(name, chromium.reason);
  console.log(`\n— the whole platform, for ${name}`);
  const data = join(folder, `shop-${flags.length}`);
  const platform = await startPlatform({ data, portBase: 4100, flags });
  try {
    return await runJest(name, ['journey'], {
      HEMLINE_STATE: platform.statePath,
      CHROMIUM_PATH: chromium.path,
    });
  } finally {
    await platform.stop();
  }
};

const runDistributed = async ({ kafka, redis }: Engines): Promise<Count> => {
  const missing = kafka ?? redis;
  if (missing !== undefined) return leaveOut(overKafka.name, missing);
  // On somebody's own Kafka these topics are a run's own, as its databases are.
  process.env['KAFKA_PREFIX'] ??= `test-${process.pid}-${Date.now()}.`;
  return runJourneys(overKafka);
};

const main = async (): Promise<Count> => {
  if (!(await step('build', 'node_modules/.bin/tsc', ['-b'])))
    return { passed: 0, failed: 1, skipped: 0 };
  const engines = await fetchEngines();
  if (engines.kafka !== undefined) process.env['TEST_KAFKA_MISSING'] = engines.kafka;
  const counts = [
    await runJest('unit', ['unit']),
    await runJest('int, e2e', ['int', 'e2e']),
    await runJourneys(overPostgres),
    await runDistributed(engines),
  ];
  for (const name of skippedTests) console.log(`SKIPPED  ${name}`);
  for (const [name, reason] of Object.entries(engines)) {
    if (reason !== undefined) console.log(`MISSING  ${name}: ${reason}`);
  }
  for (const reason of notRun) console.log(`NOT RUN  ${reason}`);
  const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
};

try {
  const { passed, failed, skipped } = await main();
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
