import { cpus, loadavg } from 'node:os';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackOffice } from '../../infra/local/src/backoffice.ts';
import { toPaths } from '../../infra/local/src/folder/data-folder.ts';
import { readSecrets } from '../../infra/local/src/folder/secrets.ts';
import type { State } from '../../infra/local/src/folder/state.ts';
import { benchEvents } from './events.ts';
import { bringGoods, productCount } from './goods.ts';
import { benchIdle } from './idle.ts';
import type { Fact, Line } from './line.ts';
import { readCpu, readMemory } from './machine.ts';
import { sum } from './numbers.ts';
import { benchCatalog, benchWeb, type Where } from './reads.ts';
import { describeFact, describeLine, toTable } from './report.ts';
import { benchReplay } from './replay.ts';
import { benchSharedCache } from './shared-cache.ts';
import { groupsOf, Shop } from './shop.ts';
import { benchStaleness } from './staleness.ts';
import { benchCart, benchCheckout, readBaskets } from './writes.ts';

export const sections = [
  'catalog',
  'web',
  'cart',
  'checkout',
  'staleness',
  'memory',
  'idle',
  'cache',
  'events',
  'replay',
] as const;
export type Section = (typeof sections)[number];
export const isSection = (name: string): name is Section =>
  (sections as readonly string[]).includes(name);

export type Options = {
  readonly only: readonly string[];
  readonly seconds: number;
  readonly portBase: number;
  readonly events: 'postgres' | 'kafka';
};

export type Result = {
  readonly at: string;
  readonly machine: object;
  readonly lines: readonly Line[];
  readonly facts: readonly Fact[];
};

/** Sections that need no shop, as they bring the services that they measure. */
const alone: ReadonlySet<string> = new Set(['events', 'replay']);

const idleMs = 5000;
const say = (text: string): void => console.log(text);

/** Starts the platform, fills it, measures it, and leaves nothing behind, also after a Ctrl-C. */
export const runBench = async (options: Options): Promise<Result> => {
  if (process.platform !== 'linux') {
    throw new Error('the bench reads CPU time and memory from /proc, which only Linux has');
  }
  const shop = await Shop.prepare(options.portBase, options.events);
  const interrupted = Promise.withResolvers<never>();
  const interrupt = () => interrupted.reject(new Error('stopped'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await Promise.race([measure(shop, options), interrupted.promise]);
  } finally {
    await shop.forget();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
};

const measure = async (shop: Shop, options: Options): Promise<Result> => {
  const machine = await describeMachine();
  say(`${machine.cores} cores (${machine.model}), Node ${machine.node}, load ${machine.load}`);
  const facts: Fact[] = [];
  const lines: Line[] = [];
  if (options.only.some((section) => !alone.has(section))) {
    await measureShop(shop, options, { facts, lines });
  }
  if (options.only.includes('events')) {
    await shop.stop();
    lines.push(...(await benchEvents(options.portBase)).map(told));
  }
  if (options.only.includes('replay')) {
    await shop.stop();
    lines.push(...(await benchReplay(options.portBase)).map(told));
  }
  say(`\n${toTable(lines, facts)}`);
  return { at: new Date().toISOString(), machine, lines, facts };
};

const told = (line: Line): Line => {
  say(describeLine(line));
  return line;
};

type Measured = { readonly facts: Fact[]; readonly lines: Line[] };

const measureShop = async (
  shop: Shop,
  options: Options,
  { facts, lines }: Measured,
): Promise<void> => {
  const first = await shop.start();
  facts.push(fact('first start, without demo goods', first.seconds, 's'));
  if (options.only.includes('memory')) {
    facts.push(await weigh(first.state, 'Node processes, idle after start'));
  }
  await fill(shop, first.state);
  await shop.stop();
  const { state, seconds } = await shop.start();
  facts.push(fact(`second start, with ${productCount} products`, seconds, 's'));
  if (options.only.includes('memory')) {
    facts.push(await weigh(state, `the same, with ${productCount} products`));
  }
  if (options.only.includes('idle') && state.postgres) {
    await quieten(state);
    facts.push(...(await benchIdle(groupsOf(state), state.postgres.url)));
  }
  for (const each of facts) say(describeFact(each));
  if (options.only.includes('staleness')) facts.push(...(await runStaleness(state, options)));
  lines.push(...(await runLines(state, options)));
  if (options.only.includes('memory') && lines.length > 0) {
    facts.push(await weigh(state, 'the same, idle after all the load', false));
  }
  if (options.only.includes('cache')) {
    await shop.stop();
    const where = (again: State): Where => toWhere(again, options.seconds);
    const shared = await benchSharedCache(shop, { port: options.portBase + 6, toWhere: where });
    lines.push(...shared.map(told));
  }
};

const runLines = async (state: State, { only, seconds }: Options): Promise<Line[]> => {
  const { postgres } = state;
  if (!postgres) throw new Error('the bench brings its own PostgreSQL: give no DATABASE_URLs');
  const where = toWhere(state, seconds);
  const lines: Line[] = [];
  const add = (more: readonly Line[]): void => void lines.push(...more.map(told));
  const baskets =
    only.includes('cart') || only.includes('checkout') ? await readBaskets(where) : [];
  if (only.includes('catalog')) add(await benchCatalog(where));
  if (only.includes('web')) add(await benchWeb(where));
  if (only.includes('cart')) add([await benchCart(where, baskets)]);
  if (only.includes('checkout')) add(await benchCheckout(where, baskets, postgres.url));
  return lines;
};

const runStaleness = async (state: State, { seconds }: Options): Promise<Fact[]> => {
  const where = toWhere(state, seconds);
  await quieten(state);
  const facts = await benchStaleness(where, await readBaskets(where));
  for (const each of facts) say(describeFact(each));
  return facts;
};

const toWhere = (state: State, seconds: number): Where => {
  const { catalog, web, cart, payments } = state.services;
  const urls = { catalog: catalog.url, web: web.url, cart: cart.url, payments: payments.url };
  return { urls, groups: groupsOf(state), seconds };
};

const fact = (name: string, value: number, unit: string): Fact => ({ name, value, unit });

const fill = async (shop: Shop, state: State): Promise<void> => {
  const startedAt = performance.now();
  const secrets = await readSecrets(toPaths(shop.dataDir).secrets);
  if (!secrets) throw new Error('the platform has no secrets');
  const { catalog, payments, images } = state.services;
  const urls = { catalog: catalog.url, payments: payments.url, images: images.url };
  await bringGoods(new BackOffice({ urls, staffKey: secrets.staffKey }));
  await quieten(state);
  const seconds = (performance.now() - startedAt) / 1000;
  say(`${productCount} products brought in and told of in ${seconds.toFixed(1)} s`);
};

/** Waits until the services have next to nothing to do: copies are made, pictures are drawn. */
const quieten = async (state: State): Promise<void> => {
  const groups = groupsOf(state);
  const deadline = performance.now() + 30_000;
  let calm = 0;
  let before = sum(Object.values(await readCpu(groups)));
  while (calm < 2 && performance.now() < deadline) {
    await sleep(500);
    const now = sum(Object.values(await readCpu(groups)));
    calm = now - before < 60 ? calm + 1 : 0;
    before = now;
  }
};

const weigh = async (state: State, name: string, isTarget = true): Promise<Fact> => {
  await quieten(state);
  await sleep(idleMs);
  const pids = { launcher: state.launcher.pid, ...pidsOf(state) };
  const parts = await Promise.all(
    Object.entries(pids).map(async ([app, pid]) => ({ app, ...(await readMemory(pid)) })),
  );
  const resident = sum(parts.map(({ residentMb }) => residentMb));
  const proportional = sum(parts.map(({ proportionalMb }) => proportionalMb));
  return {
    ...fact(name, resident, 'MB'),
    ...(isTarget && { target: { text: '< 1,000 MB', reached: resident < 1000 } }),
    notes: [
      parts.map(({ app, residentMb }) => `${app} ${residentMb.toFixed(0)}`).join(', '),
      `${proportional.toFixed(0)} MB if shared pages count once`,
    ],
  };
};

const pidsOf = ({ services }: State): Record<string, number> =>
  Object.fromEntries(Object.entries(services).map(([app, { pid }]) => [app, pid]));

const describeMachine = async () => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  node: process.versions.node,
  kernel: (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim(),
  load: loadavg()[0]?.toFixed(1) ?? '',
});
