import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is running: the version of package.json and the commit that is checked out, if git is. */
export async function readVersion(home: string): Promise<{ version: string; commit: string }> {
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { version: manifest.version, commit: await readCommit(join(home, '.git')) };
}

async function readCommit(git: string): Promise<string> {
  const head = (await read(join(git, 'HEAD'))).trim();
  if (/^[0-9a-f]{40}$/.test(head)) return head;
  const ref = head.replace(/^ref: /, '');
  const loose = ref && (await read(join(git, ref))).trim();
  if (loose) return loose;
  const packed = (await read(join(git, 'packed-refs'))).split('\n');
  return packed.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0] ?? 'unknown';
}

const read = (file: string) => readFile(file, 'utf8').catch(() => '');
