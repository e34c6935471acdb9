import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalRecord, Position } from './record.ts';

const chunkBytes = 1 << 20;
const newline = 10;

export type Line = { readonly bytes: Buffer; readonly position: Position };

/** The whole lines of a file up to `end`; what follows the last newline is not among them. */
export async function* readLines(file: FileHandle, end: number): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let at = 0; at < end;) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let stop = rest.indexOf(newline); stop >= 0; stop = rest.indexOf(newline, start)) {
      const length = stop + 1 - start;
      yield { bytes: rest.subarray(start, stop), position: { offset, length } };
      offset += length;
      start = stop + 1;
    }
    rest = rest.subarray(start);
  }
}

export type OpenedFile = {
  readonly file: FileHandle;
  /** Where the next line goes. */
  readonly end: number;
  /** Bytes of a last line that a crash cut off, now removed. */
  readonly torn: number;
};

type Visit = (record: JournalRecord, position: Position) => void;

/**
 * Opens the journal and tells of each record in it. A process that dies while it writes leaves a last
 * line that is not whole; nobody was answered from it, so it is cut off. A bad line with good ones
 * behind it is another matter: the file was damaged, and to go on would be to forget money.
 */
export const openJournalFile = async (path: string, visit: Visit): Promise<OpenedFile> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  try {
    return await readBack(path, file, visit);
  } catch (error) {
    await file.close();
    throw error;
  }
};

const readBack = async (path: string, file: FileHandle, visit: Visit): Promise<OpenedFile> => {
  const { size } = await file.stat();
  let end = 0;
  let bad: Position | undefined;
  for await (const { bytes, position } of readLines(file, size)) {
    if (bad) throw damaged(path, bad);
    const record = parse(bytes);
    if (record) {
      visit(record, position);
      end = position.offset + position.length;
    } else bad = position;
  }
  if (end < size) await file.truncate(end);
  await file.sync();
  await syncDirectory(dirname(path));
  return { file, end, torn: size - end };
};

const parse = (bytes: Buffer): JournalRecord | undefined => {
  try {
    return JSON.parse(bytes.toString('utf8')) as JournalRecord;
  } catch {
    return undefined;
  }
};

const damaged = (path: string, { offset }: Position): Error =>
  new Error(
    `The journal ${path} is damaged at byte ${offset}: a line that cannot be read, with others after it. Restore the file from a copy, or name another one in JOURNAL_PATH.`,
  );

/** A new file is only there after a crash once its folder is on disk too. */
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};
