import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Schema, compare } from './compatibility.ts';
import { toAsyncApi, toSchemas } from './contracts/documents.ts';

/**
 * `npm run contracts` writes what is published of the events to `docs/events`.
 * `--check` writes nothing and fails where a file there is not what would be written.
 * `--release` also writes `docs/events/released`: what others may by now rely on.
 * Each of them fails on a change that a reader on either side of it could not take; how to tell it
 * all the same is in `libs/contracts/README.md`.
 */
const usage = 'Usage: npm run contracts -- [--check | --release]';

const toText = (document: Schema): string => `${JSON.stringify(document, null, 2)}\n`;

const toFiles = (documents: Readonly<Record<string, Schema>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(documents).map(([name, document]) => [`${name}.json`, toText(document)]));

const readFiles = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const texts = names.sort().map((name) => readFile(join(folder, name), 'utf8'));
  return new Map((await Promise.all(texts)).map((text, i) => [names[i] ?? '', text]));
};

const writeFiles = async (folder: string, files: ReadonlyMap<string, string>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const name of (await readFiles(folder)).keys()) {
    if (!files.has(name)) await rm(join(folder, name));
  }
  for (const [name, text] of files) await writeFile(join(folder, name), text);
};

/** Names of files that are not what they should be: changed, missing, or there for no reason. */
export const findStale = (
  files: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string[] =>
  [...new Set([...files.keys(), ...found.keys()])]
    .filter((name) => files.get(name) !== found.get(name))
    .sort();

/** Sentences on what readers could not take, of all that was ever released. */
export const findIncompatible = (
  released: Readonly<Record<string, Schema>>,
  schemas: Readonly<Record<string, Schema>>,
): string[] =>
  Object.entries(released).flatMap(([name, schema]) =>
    compare(schema, schemas[name]).map(
      ({ path, reader, reason }) =>
        `${name} ${path || '/'}: readers of the ${reader} schema cannot take it: ${reason}`,
    ),
  );

const parse = (files: ReadonlyMap<string, string>): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    [...files].map(([name, text]) => [name.slice(0, -'.json'.length), JSON.parse(text) as Schema]),
  );

export const eventsFolder = resolve(import.meta.dirname, '..', 'docs', 'events');
const releasedFolder = join(eventsFolder, 'released');

export const readReleased = async (): Promise<Readonly<Record<string, Schema>>> =>
  parse(await readFiles(releasedFolder));

type Mode = 'write' | 'check' | 'release';

const readMode = (): Mode | undefined => {
  try {
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({ options: { check: flag, release: flag } });
    if (values.check) return values.release ? undefined : 'check';
    return values.release ? 'release' : 'write';
  } catch {
    return undefined;
  }
};

const main = async (mode: Mode): Promise<readonly string[]> => {
  const schemas = toSchemas();
  const files = toFiles({ ...schemas, asyncapi: toAsyncApi() });
  const faults = findIncompatible(await readReleased(), schemas);
  if (mode === 'check') {
    const stale = findStale(files, await readFiles(eventsFolder));
    return [
      ...faults,
      ...stale.map((name) => `docs/events/${name} is stale: npm run contracts writes it.`),
    ];
  }
  await writeFiles(eventsFolder, files);
  if (mode === 'release' && faults.length === 0) await writeFiles(releasedFolder, toFiles(schemas));
  return faults;
};

if (import.meta.main) {
  const mode = readMode();
  const faults = mode ? await main(mode) : [usage];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
