import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from '../refusal.ts';

export interface ImportOptions {
  readonly file: string;
  readonly photos: string | undefined;
  readonly currency: string;
  readonly isVerbose: boolean;
  /** A shop on this machine, or one elsewhere. */
  readonly shop: LocalShop | RemoteShop;
}

export interface LocalShop {
  readonly kind: 'local';
  readonly dataDir: string;
}

export interface RemoteShop {
  readonly kind: 'remote';
  readonly urls: Readonly<Record<'catalog' | 'payments' | 'images', string>>;
  readonly token: string;
}

export const usage = `Usage: npm run import -- shopify FILE.csv --photos DIR [options]

  --photos DIR     where the photos are that the file names
  --currency CODE  what the file's prices are in (EUR)
  --data DIR       the data folder of the shop that is open on this machine (.hemline)
  --verbose        name every photo that is missing
  --help           show this

A shop elsewhere is named by --catalog URL --payments URL --images URL --token TOKEN.`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const known = {
  photos: text,
  currency: text,
  data: text,
  catalog: text,
  payments: text,
  images: text,
  token: text,
  verbose: flag,
  help: flag,
};

/** Undefined when help is asked for. `home` is the folder of the repository. */
export function parseOptions(args: readonly string[], home: string): ImportOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [kind, file, ...others] = positionals;
  if (kind !== 'shopify') throw wrong(`The first word must be "shopify", not "${kind ?? ''}".`);
  if (!file) throw wrong('A file must be named after "shopify".');
  if (others.length > 0) throw wrong(`"${others[0]}" is not expected here.`);
  const currency = values.currency ?? 'EUR';
  if (!Intl.supportedValuesOf('currency').includes(currency)) {
    throw wrong(`--currency must be an ISO 4217 code, such as EUR, not "${currency}".`);
  }
  return {
    file: resolve(file),
    photos: values.photos === undefined ? undefined : resolve(values.photos),
    currency,
    isVerbose: values.verbose ?? false,
    shop: toShop(values, home),
  };
}

type Values = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function toShop({ data, catalog, payments, images, token }: Values, home: string) {
  const remote = [catalog, payments, images, token];
  if (remote.every((value) => value === undefined)) {
    return { kind: 'local', dataDir: resolve(data ?? resolve(home, '.hemline')) } as const;
  }
  if (!catalog || !payments || !images || !token || data !== undefined) {
    throw wrong('--catalog, --payments, --images and --token go together, without --data.');
  }
  const urls = { catalog, payments, images };
  for (const [name, url] of Object.entries(urls)) {
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw wrong(`--${name} must be an address such as https://${name}.example.com.`);
    }
  }
  const trimmed = Object.entries(urls).map(([name, url]) => [name, url.replace(/\/+$/, '')]);
  return { kind: 'remote', urls: Object.fromEntries(trimmed) as typeof urls, token } as const;
}

const wrong = (sentence: string) => new Refusal(`${sentence}\n\n${usage}`, 2);
