import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.ts';
import { startPlatform } from './platform.ts';
import { jest, node, run, step } from './steps.ts';

// The one test command: builds, runs every suite, and says what it could not run and why. What was not
// run is counted as skipped and named, never as passed.

type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

type JestResult = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
};

const folder = await mkdtemp(join(tmpdir(), 'hemline-test-'));

const runJest = async (
  projects: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Count> => {
  const outputFile = join(folder, `${projects.join('-')}.json`);
  console.log(`\n— ${projects.join(', ')}`);
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
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests: skipped,
    numRuntimeErrorTestSuites,
  } = result;
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  // A run that counted no failure and still did not end well has failed as a whole.
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
};

const runJourneys = async (notRun: string[]): Promise<Count> => {
  const chromium = await findChromium();
  if (chromium.kind === 'missing') {
    notRun.push(`journeys in a browser: ${chromium.reason}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  console.log('\n— the whole platform, for the journeys');
  const platform = await startPlatform({ data: join(folder, 'shop'), portBase: 4100 });
  try {
    return await runJest(['journey'], {
      HEMLINE_STATE: platform.statePath,
      CHROMIUM_PATH: chromium.path,
    });
  } finally {
    await platform.stop();
  }
};

const main = async (): Promise<Count> => {
  if (!(await step('build', 'node_modules/.bin/tsc', ['-b'])))
    return { passed: 0, failed: 1, skipped: 0 };
  const notRun: string[] = [];
  const counts = [
    await runJest(['unit']),
    await runJest(['int', 'e2e']),
    await runJourneys(notRun),
  ];
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
