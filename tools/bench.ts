import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isSection, runBench, sections, type Options } from './bench/run.ts';

/** `npm run bench` measures the platform; see `docs/performance.md`. */
const usage = `Usage: npm run bench [-- options]

  --only NAME     one section of: ${sections.join(', ')}; may be given more than once
  --seconds N     of each round of load (3)
  --events KIND   how events travel in the shop: postgres or kafka (postgres)
  --json FILE     writes all numbers there
  --port-base N   the ports that it uses (9300 and the ten after it)`;

const readOptions = (): Options & { readonly json: string | undefined } => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      seconds: { type: 'string', default: '3' },
      events: { type: 'string', default: 'postgres' },
      json: { type: 'string' },
      'port-base': { type: 'string', default: '9300' },
    },
  });
  const only = values.only ?? sections;
  const { events } = values;
  const seconds = Number(values.seconds);
  const portBase = Number(values['port-base']);
  if (!only.every(isSection)) throw new TypeError(`--only takes ${sections.join(', ')}`);
  if (events !== 'postgres' && events !== 'kafka') {
    throw new TypeError('--events takes postgres or kafka');
  }
  if (!(seconds > 0 && seconds <= 60)) throw new TypeError('--seconds takes a number up to 60');
  if (!Number.isInteger(portBase)) throw new TypeError('--port-base takes a whole number');
  return { only, seconds, portBase, events, json: values.json };
};

try {
  const { json, ...options } = readOptions();
  const result = await runBench(options);
  if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
} catch (error) {
  // Wrong options are a TypeError, ours and Node's alike.
  const isMisused = error instanceof TypeError;
  console.error(`${(error as Error).message}${isMisused ? `\n\n${usage}` : ''}`);
  process.exitCode = 1;
}
