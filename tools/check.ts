import { jest, node, step } from './steps.ts';

// What must hold before every commit, in about a minute; all of it runs, so that one look shows all faults.
const bin = (name: string): string => `node_modules/.bin/${name}`;

const results = [
  await step('format', bin('oxfmt'), ['--check']),
  await step('types', bin('tsc'), ['-b']),
  await step('types of tests', bin('tsc'), ['-p', 'tsconfig.test.json']),
  await step('lint', bin('oxlint'), ['--deny-warnings']),
  await step('boundaries', node, ['tools/tidy.ts']),
  await step('contracts', node, ['--conditions=source', 'tools/contracts.ts', '--check']),
  await step('unit tests', node, [...jest, '--selectProjects', 'unit']),
];

process.exitCode = results.every(Boolean) ? 0 : 1;
