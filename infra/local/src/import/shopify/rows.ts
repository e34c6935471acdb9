import type { CsvRecord } from './csv.ts';
import type { Column, Header } from './columns.ts';

/** Something to tell about one place of the file. */
export interface Issue {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

/** A row of the file, or why it is none. */
export type ReadRow = Row | BadRow;

export interface Row {
  readonly kind: 'row';
  readonly line: number;
  /** How many characters of the file end with it. */
  readonly end: number;
  /** As in the file but for space around it; empty where the file has no such column. */
  readonly cells: ReadonlyMap<Column, string>;
}

export interface BadRow {
  readonly kind: 'bad';
  readonly end: number;
  readonly issue: Issue;
}

/** Undefined for a row of nothing but commas. */
export function toRow(record: CsvRecord, header: Header): ReadRow | undefined {
  const { line, end, fields, fault } = record;
  const { names, places } = header;
  const columnAt = (place: number) => names[place] || `column ${place + 1}`;
  if (fault) {
    const { reason } = fault;
    return { kind: 'bad', end, issue: { line: fault.line, column: columnAt(fault.field), reason } };
  }
  if (fields.every((field) => field.trim() === '')) return undefined;
  const hasMore = fields.slice(names.length).some((field) => field !== '');
  if (fields.length < names.length || hasMore) {
    const reason = `the row has ${fields.length} fields where the header has ${names.length}`;
    const column = columnAt(Math.min(fields.length, names.length - 1));
    return { kind: 'bad', end, issue: { line, column, reason } };
  }
  const cells = new Map<Column, string>();
  for (const [column, place] of places) cells.set(column, fields[place]?.trim() ?? '');
  return { kind: 'row', line, end, cells };
}

export const cellOf = ({ cells }: Row, column: Column): string => cells.get(column) ?? '';
