import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { apps, LAST_PORT_OFFSET, type App } from './topology.ts';
import { Refusal } from './refusal.ts';

export interface Flags {
  readonly portBase: number;
  readonly dataDir: string;
  readonly single: boolean;
  readonly empty: boolean;
  readonly watch: boolean;
  /** Which log carries the events. */
  readonly events: 'postgres' | 'kafka';
  /** Whether instances share what they cache, in a Redis. */
  readonly redis: boolean;
  /** Services that are left out. */
  readonly without: readonly App[];
  readonly help: boolean;
}

export const usage = `Usage: npm start -- [options]

  --port-base N   the shop's port; the other services follow it (3000)
  --data DIR      where databases, pictures, secrets and logs are kept (.hemline)
  --empty         bring no demo goods
  --single        run all services in one process
  --watch         build and restart services as their code changes
  --without APP   start all but this service, or these: cart,images
  --events KIND   how events travel: postgres or kafka (postgres)
  --redis         share caches in a Redis
  --help          show this`;

const options = {
  'port-base': { type: 'string' },
  data: { type: 'string' },
  without: { type: 'string' },
  events: { type: 'string' },
  single: { type: 'boolean' },
  empty: { type: 'boolean' },
  watch: { type: 'boolean' },
  redis: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/**
 * Reads the command line; `home` is the folder of the repository, where data is kept by default.
 */
export function parseFlags(args: readonly string[], home: string): Flags {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === 'positional') throw wrong(unexpected(token.value));
    if (token.kind === 'option') given.set(checkName(token.rawName, token.name), token.value);
  }
  for (const [name, value] of given) checkValue(name, value);
  return {
    portBase: toPortBase(given.get('port-base') ?? '3000'),
    dataDir: resolve(given.get('data') ?? resolve(home, '.hemline')),
    single: given.has('single'),
    empty: given.has('empty'),
    watch: given.has('watch'),
    without: toApps(given.get('without')),
    events: toEvents(given.get('events') ?? 'postgres'),
    redis: given.has('redis'),
    help: given.has('help'),
  };
}

const wrong = (sentence: string) => new Refusal(sentence, 2);

function checkName(rawName: string, name: string): string {
  if (rawName.startsWith('--') && Object.hasOwn(options, name)) return name;
  throw wrong(`There is no option ${rawName}; "npm start -- --help" lists those that there are.`);
}

function checkValue(name: string, value: string | undefined): void {
  const takesValue = options[name as keyof typeof options].type === 'string';
  if (takesValue && !value) throw wrong(`--${name} needs a value after it.`);
  if (!takesValue && value !== undefined) throw wrong(`--${name} takes no value.`);
}

/**
 * npm takes options for itself unless a lone `--` stands before them, and leaves their values to
 * us.
 */
const unexpected = (value: string) =>
  `"${value}" is not expected here; options stand after a lone "--", ` +
  'as in: npm start -- --port-base 4000';

function toEvents(kind: string): Flags['events'] {
  if (kind === 'postgres' || kind === 'kafka') return kind;
  throw wrong(`--events must be postgres or kafka, not "${kind}".`);
}

function toApps(list: string | undefined): readonly App[] {
  if (list === undefined) return [];
  return list.split(',').map((name) => {
    const app = apps.find((known) => known === name);
    if (!app) throw wrong(`--without names services: ${apps.join(', ')}; not "${name}".`);
    return app;
  });
}

function toPortBase(text: string): number {
  const port = Number(text);
  const last = 65_535 - LAST_PORT_OFFSET;
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= last) return port;
  throw wrong(`--port-base must be a whole number from 1 to ${last}, not "${text}".`);
}
