import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { Refusal } from '../../refusal.ts';
import { type Header, readHeader } from './columns.ts';
import { type CsvRecord, CsvParser } from './csv.ts';
import { type ReadRow, toRow } from './rows.ts';

const WRONG_FILE = 2;

/** A product export of Shopify's that has been looked through and can be read. */
export interface ExportFile {
  readonly path: string;
  readonly header: Header;
  /** In characters. */
  readonly length: number;
}

/** Refuses what is no such file, before anything of it is imported. */
export async function openExport(path: string): Promise<ExportFile> {
  const length = await checkText(path);
  for await (const record of readRecords(path)) {
    const header = readHeader(record.fields);
    checkHeader(path, header, record);
    return { path, header, length };
  }
  throw new Refusal(`${path} is empty. Nothing was imported.`, WRONG_FILE);
}

export async function* readRows({ path, header }: ExportFile): AsyncGenerator<ReadRow> {
  let isHeader = true;
  for await (const record of readRecords(path)) {
    const row = isHeader ? undefined : toRow(record, header);
    isHeader = false;
    if (row) yield row;
  }
}

async function* readRecords(path: string): AsyncGenerator<CsvRecord> {
  const parser = new CsvParser();
  const decoder = new TextDecoder();
  for await (const bytes of createReadStream(path)) {
    yield* parser.push(decoder.decode(bytes as Buffer, { stream: true }));
  }
  yield* parser.push(decoder.decode());
  yield* parser.end();
}

/** Looks at every byte, which takes a second for each gigabyte or so, and counts the characters. */
async function checkText(path: string): Promise<number> {
  await checkKind(path);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let length = 0;
  let lines = 1;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer;
    const text = decodeOrUndefined(decoder, bytes);
    if (text === undefined || text.includes('\0')) {
      throw notText(path, lines + countSoundLines(bytes));
    }
    length += text.length;
    lines += countLines(bytes);
  }
  if (decodeOrUndefined(decoder) === undefined) throw notText(path, lines);
  return length;
}

const notText = (path: string, line: number) =>
  new Refusal(
    `${path} is not UTF-8 text (line ${line}); save it as "CSV UTF-8" and import that. ` +
      'Nothing was imported.',
    WRONG_FILE,
  );

async function checkKind(path: string): Promise<void> {
  try {
    // It is read twice, and what is piped in can be read once.
    if ((await stat(path)).isFile()) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'There is no file' : `${code} for the file`;
    throw new Refusal(`${what} ${path}. Nothing was imported.`, WRONG_FILE);
  }
  throw new Refusal(`${path} is not a file. Nothing was imported.`, WRONG_FILE);
}

/** Without bytes: the end of the file, where no character may be left unfinished. */
function decodeOrUndefined(decoder: TextDecoder, bytes?: Buffer): string | undefined {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    return undefined;
  }
}

const countLines = (bytes: Buffer): number => bytes.toString('latin1').split('\n').length - 1;

/** Ends of lines before the first that is not text. A chunk may begin in the middle of a character. */
function countSoundLines(bytes: Buffer): number {
  const text = bytes.toString();
  const wrong = text.slice(3).search(/[\0\ufffd]/);
  return wrong === -1 ? 0 : text.slice(0, wrong + 3).split('\n').length - 1;
}

function checkHeader(path: string, header: Header, { line, fault }: CsvRecord): void {
  const [missing] = header.missing.required;
  if (!missing && !fault) return;
  const [only = ''] = header.names;
  const separator = [';', '\t'].find((sign) => header.names.length === 1 && only.includes(sign));
  const hint = separator ? '; its columns must be separated by commas' : '';
  const names = header.missing.required.map((name) => `"${name}"`).join(', ');
  const what = fault ? `a quote that is left open in its header` : `no column ${names}${hint}`;
  throw new Refusal(`${path} has ${what} (line ${line}). Nothing was imported.`, WRONG_FILE);
}
