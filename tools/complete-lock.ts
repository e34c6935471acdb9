import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `node tools/complete-lock.ts`, after each `npm install`.
 *
 * Packages with native parts name a build for each platform as optional dependencies. A registry
 * that lacks some of them makes `npm install` leave those out of the lock file without a word, and
 * `npm ci` then refuses the file everywhere, as it does not agree with the packages. This puts them
 * back, by name, version and platform; npm passes over those of other platforms without a download.
 */

interface Entry {
  readonly version?: string;
  readonly cpu?: readonly string[];
  readonly dev?: boolean;
  readonly libc?: readonly string[];
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
}

const file = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };
const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name, version]) => /^\d/.test(version) && !isLocked(path, name))
    .map(([name, version]) => [`node_modules/${name}`, toEntry(name, version, entry)] as const),
);

if (missing.length > 0) {
  const all = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
  lock.packages = Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`${missing.length} builds for other platforms were missing in package-lock.json.`);

/** As Node looks for it: in the package's own folder, then in each folder above. */
function isLocked(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}

function toEntry(name: string, version: string, { dev }: Entry): Entry {
  const systems = 'android|darwin|freebsd|linux|openharmony|win32|windows';
  const platform = new RegExp(`(${systems})-([a-z0-9]+)(?:-(gnu|musl))?`).exec(name);
  if (!platform) throw new Error(`${name} does not say which platform it is for`);
  const [, os = '', cpu = '', libc] = platform;
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(libc && { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }),
    optional: true,
    os: [os === 'windows' ? 'win32' : os],
  };
}
