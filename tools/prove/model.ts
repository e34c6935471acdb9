import {
  type Checked,
  checkMutant,
  checkShop,
  nameTrace,
  replayTrace,
} from '../../apps/payments/test/model/check.ts';
import { type Mutant, harmless, mutants } from '../../apps/payments/test/model/mutants.ts';
import { type NamedShop, longShops, shops } from '../../apps/payments/test/model/shops.ts';
import { situations } from '../../apps/payments/test/model/situations.ts';
import type { Layer, Options, Result } from './layer.ts';
import { toMarkdown } from './tables.ts';

type OfShop = Checked & { readonly shop: NamedShop };
type OfMutant = Checked & { readonly mutant: Mutant };

const enoughStates = { short: 1_000_000, long: 10_000_000 };
const command = 'npm run prove --';

/** The model check: every state that shops of some size can come to, and what wrong protocols come to. */
export const modelLayer: Layer = {
  name: 'model',
  run: async (options: Options): Promise<Result> => {
    const startedAt = process.cpuUsage();
    const visited = (options.isLong ? [...shops, ...longShops] : shops).map((shop) =>
      visit(shop, options),
    );
    const caught = mutants.map((mutant) => ({ mutant, ...checkMutant(mutant) }));
    const spared = harmless.map((mutant) => ({ mutant, ...checkMutant(mutant) }));
    for (const each of caught) sayMutant(each, options);
    for (const each of spared) saySpared(each, options);
    const result = toResult(visited, caught, spared, options.isLong);
    const { user, system } = process.cpuUsage(startedAt);
    return { ...result, row: { ...result.row, cpuSeconds: (user + system) / 1e6 } };
  },
};

const visit = (shop: NamedShop, { say }: Options): OfShop => {
  const checked = checkShop(shop, shop.maxStates);
  const { states, transitions, depth, cpuSeconds, isComplete, finding } = checked.explored;
  say(
    `${shop.name}: ${count(states)} states${isComplete ? '' : ' (not all)'}, ${count(transitions)} transitions, depth ${depth}, ${cpuSeconds.toFixed(1)} s of CPU, ${finding?.fault ?? 'no violation'}`,
  );
  if (checked.trace) sayTrace(shop.name, checked, say);
  return { shop, ...checked };
};

const sayTrace = (name: string, { explored, trace }: Checked, say: Options['say']): void => {
  if (!trace) return;
  for (const line of trace.lines) say(line);
  say(`     ${explored.finding?.fault ?? ''}`);
  say(`     again: ${command} --replay ${nameTrace(name, trace)}`);
};

const sayMutant = ({ mutant, explored, trace }: OfMutant, { say }: Options): void => {
  const { finding } = explored;
  say(
    finding
      ? `mutant ${mutant.name}: ${finding.fault}, in ${trace?.steps.length ?? 0} steps`
      : `mutant ${mutant.name}: NOT CAUGHT in ${count(explored.states)} states`,
  );
};

const saySpared = ({ mutant, explored, ...rest }: OfMutant, { say }: Options): void => {
  say(`harmless ${mutant.name}: ${explored.finding?.fault ?? 'no violation, as it should be'}`);
  sayTrace(mutant.name, { explored, ...rest }, say);
};

const toResult = (
  visited: readonly OfShop[],
  caught: readonly OfMutant[],
  spared: readonly OfMutant[],
  isLong: boolean,
): Result => {
  const total = visited.reduce((sum, { explored }) => sum + explored.states, 0);
  const moves = visited.reduce((sum, { explored }) => sum + explored.transitions, 0);
  const deepest = Math.max(...visited.map(({ explored }) => explored.depth));
  const isFound = ({ explored }: Checked): boolean => explored.finding !== undefined;
  const violations = [...visited, ...spared].filter(isFound).length;
  const found = caught.filter(isFound).length;
  const unmet = situations.filter((_, i) => timesMet(visited, i) === 0);
  const isEnough = total >= (isLong ? enoughStates.long : enoughStates.short);
  return {
    row: {
      layer: 'model',
      tried: `${visited.length} shops, every order of every event`,
      amount: `${count(total)} states, ${count(moves)} transitions, depth ${deepest}`,
      violations,
      mutants: { caught: found, of: caught.length },
      rowsFired: rowsMet(visited),
      cpuSeconds: 0,
      isProven: violations === 0 && found === caught.length && isEnough && unmet.length === 0,
    },
    tables: [
      { name: 'model', markdown: tableOfShops(visited) },
      { name: 'model-situations', markdown: tableOfSituations(visited) },
      { name: 'model-mutants', markdown: tableOfMutants(caught) },
      { name: 'model-harmless', markdown: tableOfHarmless(spared) },
    ],
  };
};

const tableOfShops = (visited: readonly OfShop[]): string =>
  toMarkdown(
    ['shop', 'of', 'states', 'transitions', 'depth', 'steps to rest, at most', 'violations'],
    visited.map(({ shop, explored }) => [
      `\`${shop.name}\``,
      shop.what,
      count(explored.states),
      count(explored.transitions),
      String(explored.depth),
      String(explored.stepsToRest),
      explored.finding?.fault ?? '0',
    ]),
  );

const timesMet = (visited: readonly OfShop[], situation: number): number =>
  visited.reduce((sum, { explored }) => sum + (explored.met[situation] ?? 0), 0);

/** Rows of the failure catalogue that happened, each once. */
const rowsMet = (visited: readonly OfShop[]): number =>
  new Set(situations.filter((_, i) => timesMet(visited, i) > 0).flatMap(({ rows }) => rows)).size;

const tableOfSituations = (visited: readonly OfShop[]): string =>
  toMarkdown(
    ['what an order was in the middle of', 'states of one order'],
    situations.map(({ what }, i) => [what, count(timesMet(visited, i))]),
  );

const tableOfMutants = (caught: readonly OfMutant[]): string =>
  toMarkdown(
    ['mutant', 'what is wrong in it', 'what comes of it', 'in steps'],
    caught.map(({ mutant, explored, trace }) => [
      `\`${mutant.name}\``,
      mutant.what,
      explored.finding?.fault ?? 'NOT CAUGHT',
      String(trace?.steps.length ?? ''),
    ]),
  );

const tableOfHarmless = (spared: readonly OfMutant[]): string =>
  toMarkdown(
    ['change', 'why it does no harm', 'states', 'violations'],
    spared.map(({ mutant, explored }) => [
      `\`${mutant.name}\``,
      mutant.what,
      count(explored.states),
      explored.finding?.fault ?? '0',
    ]),
  );

const count = (number: number): string => number.toLocaleString('en-US');

/** `--mutant`: how it is caught. */
export const tellMutant = (name: string): void => {
  const mutant = [...mutants, ...harmless].find((each) => each.name === name);
  if (!mutant) {
    const names = [...mutants, ...harmless].map((each) => each.name);
    throw new TypeError(`--mutant takes ${names.join(', ')}`);
  }
  const checked = checkMutant(mutant);
  console.log(`${mutant.name}: ${mutant.what}\n`);
  if (checked.trace) sayTrace(name, checked, (line) => console.log(line));
  else console.log(`no violation in ${count(checked.explored.states)} states`);
};

/** `--replay`. */
export const tellTrace = (trace: string): void => {
  for (const line of replayTrace(trace)) console.log(line);
};
