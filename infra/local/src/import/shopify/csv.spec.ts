import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type CsvRecord, CsvParser } from './csv.ts';

const read = (...pieces: string[]): CsvRecord[] => {
  const parser = new CsvParser();
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
};

/** Cuts a text anywhere, also inside of line ends and doubled quotes. */
const pieces = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((place, i) => text.slice(places[i], place));
};

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const field = fc.stringMatching(/^[ab,"\n\r é]{0,6}$/);
const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
const toText = (rows: readonly (readonly string[])[], end: string) =>
  rows.map((row) => `${row.map(quoted).join(',')}${end}`).join('');

describe('reading CSV', () => {
  it('gives back any fields that were written, with their lines, however the text is cut', () => {
    fc.assert(
      fc.property(table, lineEnd, fc.array(fc.nat(), { maxLength: 5 }), (rows, end, cuts) => {
        const text = toText(rows, end);
        const records = read(...pieces(text, cuts));
        expect(records.map(({ fields }) => fields)).toEqual(rows);
        let before = '';
        for (const [i, { line, end: place }] of records.entries()) {
          expect(line).toBe(before.split(/\r\n|\n|\r/).length);
          before = toText(rows.slice(0, i + 1), end);
          // The second half of a line's end comes after the record.
          expect([0, 1]).toContain(before.length - place);
        }
      }),
    );
  });

  it('reads what csv-parse reads, of any text that csv-parse takes', () => {
    const text = fc.array(fc.constantFrom('a', ',', '"', '""', '","', '\n', '\r\n', ' '));
    fc.assert(
      fc.property(text, (parts) => {
        let expected: string[][];
        try {
          expected = parse(parts.join(''), {
            relax_column_count: true,
            skip_empty_lines: true,
            record_delimiter: ['\r\n', '\n', '\r'],
          });
        } catch {
          return;
        }
        expect(read(parts.join('')).map(({ fields }) => fields)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('counts lines inside of quotes, of every kind, and lines that are empty', () => {
    const text = 'h\r\n\r\n"a\r\nb\nc\rd"\r\n\n\nx\ry\n"z"';
    expect(read(text).map(({ line, fields }) => [line, fields[0]])).toEqual([
      [1, 'h'],
      [3, 'a\r\nb\nc\rd'],
      [9, 'x'],
      [10, 'y'],
      [11, 'z'],
    ]);
  });

  it('keeps a quote in the middle of a field as it is', () => {
    expect(read('5" pipe,b')[0]?.fields).toEqual(['5" pipe', 'b']);
  });

  it('says where a quote was left open at the end of the file, and keeps what came before', () => {
    const [first, second, ...others] = read('a,b\n1,2\n3,"x\ny,z\n');
    expect(second).toMatchObject({ fields: ['1', '2'] });
    expect(first?.fault).toBeUndefined();
    expect(others).toEqual([
      expect.objectContaining({
        line: 3,
        fault: { line: 3, field: 1, reason: expect.stringMatching(/left open.*file ends/) },
      }),
    ]);
  });

  it('says on which line of a long record the quote stands that was left open', () => {
    expect(read('"one\ntwo","open\n')[0]?.fault).toMatchObject({ line: 2, field: 1 });
  });

  it('blames the quote that was left open, and goes on where quotes come right again', () => {
    const records = read('a,"open\n', 'b,"text"\n', 'c,"more"\n', 'd,"last"\n');
    expect(records[0]?.fault).toMatchObject({ line: 1, field: 1 });
    expect(records.slice(1).map(({ line, fields, fault }) => [line, fields, fault])).toEqual([
      [3, ['c', 'more'], undefined],
      [4, ['d', 'last'], undefined],
    ]);
  });

  it('holds no more than a million characters of a record', () => {
    const parser = new CsvParser();
    const piece = 'x'.repeat(100_000);
    const records = [...parser.push('a,"')];
    for (let i = 0; i < 30; i += 1) records.push(...parser.push(piece));
    records.push(...parser.push('"\nb,c\n'), ...parser.end());
    expect(records[0]?.fault).toMatchObject({ line: 1, field: 1 });
    expect(records[0]?.fields.join('').length).toBeLessThan(1_100_000);
    expect(records[1]?.fields).toEqual(['b', 'c']);
  });
});
