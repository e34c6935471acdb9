import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';

const LARGEST = 20 * 1024 * 1024;

/** The log of a program that writes it by itself, set aside at 20 MB when the program starts. */
export async function openLog(file: string): Promise<FileHandle> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size > LARGEST) await rename(file, `${file}.1`);
  return open(file, 'a', 0o600);
}

/** What it complained of last: the last line that looks like it, or else the last line. */
export async function lastComplaint(file: string, pattern: RegExp): Promise<string> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n');
  return lines.findLast((line) => pattern.test(line)) || lines.at(-1) || 'it said nothing';
}
