import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openExport, readRows } from './file.ts';
import { type ReadRow, cellOf } from './rows.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-export-'));
  path = join(folder, 'goods.csv');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const header = 'Handle,Title,Variant Price';

const readAll = async (): Promise<ReadRow[]> => {
  const rows: ReadRow[] = [];
  for await (const row of readRows(await openExport(path))) rows.push(row);
  return rows;
};

const refusalOf = async (content: string | Buffer): Promise<string> => {
  await writeFile(path, content);
  const fault = await openExport(path).catch((error: unknown) => error);
  expect(fault).toMatchObject({ name: 'Refusal', exitCode: 2 });
  return (fault as Error).message.replace(path, 'FILE');
};

describe('an export that is opened', () => {
  it('gives its rows with their lines and trimmed cells, with a BOM and Windows lines', async () => {
    await writeFile(path, `\ufeff${header}\r\na, Ä ,1\r\n,,\r\n"b","x\r\ny",2\r\nc,z,3`);
    const rows = await readAll();
    const seen = rows.map((row) => row.kind === 'row' && [row.line, cellOf(row, 'Title')]);
    expect(seen).toEqual([
      [2, 'Ä'],
      [4, 'x\r\ny'],
      [6, 'z'],
    ]);
  });

  it('finds columns in any order and in any letters, and tells which it has not', async () => {
    await writeFile(path, 'variant price, TITLE,More,handle\n1,Tee,?,tee');
    const file = await openExport(path);
    const [row] = await readAll();
    expect(row?.kind === 'row' && cellOf(row, 'Handle')).toBe('tee');
    expect(file.header.missing.expected).toContain('Image Src');
    expect(file.header.missing.expected).not.toContain('Status');
  });

  it('refuses rows that are longer or shorter than the header, and goes on', async () => {
    await writeFile(path, `${header}\na,b\nc,d,1,more\ne,f,2,,\n`);
    const rows = await readAll();
    expect(rows.map((row) => (row.kind === 'bad' ? row.issue : row.line))).toEqual([
      {
        line: 2,
        column: 'Variant Price',
        reason: 'the row has 2 fields where the header has 3',
      },
      {
        line: 3,
        column: 'Variant Price',
        reason: 'the row has 4 fields where the header has 3',
      },
      4,
    ]);
  });

  it('names the column of a quote that is left open', async () => {
    await writeFile(path, `${header}\na,"A",1\nb,"B,2\n`);
    const rows = await readAll();
    expect(rows[1]).toMatchObject({ kind: 'bad', issue: { line: 3, column: 'Title' } });
  });
});

describe('a file that is no export', () => {
  it('is refused for a column that it must have', async () => {
    expect(await refusalOf('Handle,Variant Price\na,1')).toBe(
      'FILE has no column "Title" (line 1). Nothing was imported.',
    );
    expect(await refusalOf('Handle;Title;Variant Price\na;b;1')).toMatch(/separated by commas/);
    expect(await refusalOf('Handle,"Title\na,b\n')).toMatch(/a quote that is left open/);
    expect(await refusalOf('\n\n')).toBe('FILE is empty. Nothing was imported.');
  });

  it('is refused where it is not UTF-8, with the line', async () => {
    const latin = Buffer.from(`${header}\na,b,1\nc,Caf\u00e9,1\n`, 'latin1');
    const sentence = 'is not UTF-8 text (line 3); save it as "CSV UTF-8" and import that.';
    expect(await refusalOf(latin)).toBe(`FILE ${sentence} Nothing was imported.`);
    expect(await refusalOf(Buffer.from(`\ufeff${header}`, 'utf16le'))).toMatch(/line 1/);
    expect(await refusalOf(Buffer.from(header, 'utf16le'))).toMatch(/line 1/);
    expect(await refusalOf(Buffer.from(`${header}\né`).subarray(0, -1))).toMatch(/line 2/);
    const long = `${header}\n${'ä,b,1\n'.repeat(20_000)}`;
    expect(await refusalOf(Buffer.concat([Buffer.from(long), latin]))).toMatch(/line 20004/);
  });

  it('is refused where it is not there, or not a file', async () => {
    await expect(openExport(path)).rejects.toThrow(
      `There is no file ${path}. Nothing was imported.`,
    );
    await expect(openExport(folder)).rejects.toThrow(`${folder} is not a file`);
  });
});

/** Counts the products in a process that has little memory. */
const program = `
const { openExport, readRows } = await import(process.argv[1] + '/file.ts');
const { groupByHandle } = await import(process.argv[1] + '/groups.ts');
let products = 0;
let rows = 0;
for await (const group of groupByHandle(readRows(await openExport(process.argv[2])))) {
  products += 1;
  rows += group.rows.length;
}
console.log(products, rows);
`;

it('reads 50,000 rows of 64 MB in a heap of 24 MB', async () => {
  const out = createWriteStream(path);
  out.write('Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant Price\n');
  const body = '<p>It is ""soft"", and\nwarm.</p>'.repeat(200);
  for (let product = 0; product < 10_000; product += 1) {
    const handle = `a-product-with-a-long-handle-${product}`;
    let rows = `${handle},Product ${product},"${body}",Size,0,10.00\n`;
    for (let size = 1; size < 5; size += 1) rows += `${handle},,,,${size},10.00\n`;
    if (!out.write(rows)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--max-old-space-size=24',
    '--max-semi-space-size=2',
    '--input-type=module',
    '--eval',
    program,
    import.meta.dirname,
    path,
  ]);
  expect(stdout).toBe('10000 50000\n');
}, 60_000);
