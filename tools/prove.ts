import { parseArgs } from 'node:util';
import { type Layer, type Options, summary } from './prove/layer.ts';
import { modelLayer, tellMutant, tellTrace } from './prove/model.ts';
import { writeTables } from './prove/tables.ts';

/** `npm run prove` tries to show the promises about money wrong; see `docs/correctness.md`. */
const usage = `Usage: npm run prove [-- options]

  --layer NAME     one layer of: model
  --long           the long run: more states, more time
  --mutant NAME    how one wrong protocol is caught, step by step
  --replay TRACE   the steps of a trace again, as a failure prints it
  --write          writes the tables of docs/correctness.md anew`;

const layers: readonly Layer[] = [modelLayer];

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      layer: { type: 'string', multiple: true },
      long: { type: 'boolean', default: false },
      mutant: { type: 'string' },
      replay: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const names = values.layer ?? layers.map(({ name }) => name);
  const chosen = names.map((name) => {
    const layer = layers.find((each) => each.name === name);
    if (!layer) throw new TypeError(`--layer takes ${layers.map((each) => each.name).join(', ')}`);
    return layer;
  });
  if (values.write && values.long) throw new TypeError('--write takes the tables of the short run');
  return { ...values, layers: chosen };
};

const runLayers = async (chosen: readonly Layer[], options: Options, isWriting: boolean) => {
  const results = [];
  for (const layer of chosen) results.push(await layer.run(options));
  console.log(`\n${summary(results.map(({ row }) => row))}`);
  if (isWriting)
    await writeTables(
      'docs/correctness.md',
      results.flatMap(({ tables }) => tables),
    );
  if (!results.every(({ row }) => row.isProven)) process.exitCode = 1;
};

try {
  const { layers: chosen, long, mutant, replay, write } = readOptions();
  if (replay !== undefined) tellTrace(replay);
  else if (mutant !== undefined) tellMutant(mutant);
  else await runLayers(chosen, { isLong: long, say: (line) => console.log(line) }, write);
} catch (error) {
  // Wrong options are a TypeError, ours and Node's alike.
  const isMisused = error instanceof TypeError;
  console.error(`${(error as Error).message}${isMisused ? `\n\n${usage}` : ''}`);
  process.exitCode = 1;
}
