import { type BadRow, type ReadRow, type Row, cellOf } from './rows.ts';

/** The rows of one product, which stand one after the other in an export. */
export interface Group {
  readonly kind: 'group';
  readonly handle: string;
  readonly rows: readonly [Row, ...Row[]];
  /** How many characters of the file end with it. */
  readonly end: number;
  /** The line where a product of this handle began before. */
  readonly doubles?: number;
  /** A row that could not be read stands in or beside it, and may be one of its own. */
  readonly isTorn: boolean;
  /** Has more rows than are kept here. */
  readonly isTooLong: boolean;
}

/** A product has at most 250 variants and 50 photos; this bounds what is held of one. */
const MAX_ROWS = 1000;

/** Collects rows as they come. Of products gone by it keeps the handle and the line alone. */
export async function* groupByHandle(
  rows: AsyncIterable<ReadRow> | Iterable<ReadRow>,
): AsyncGenerator<Group | BadRow> {
  const lines = new Map<string, number>();
  let open: OpenGroup | undefined;
  let isTorn = false;
  const close = ({ handle, rows: kept, count, ...rest }: OpenGroup): Group => {
    const doubles = lines.get(handle);
    // A copy, as a piece of a string may hold on to all of it.
    if (doubles === undefined) lines.set(Buffer.from(handle).toString(), kept[0].line);
    const isTooLong = count > MAX_ROWS;
    const double = doubles === undefined ? {} : { doubles };
    return { kind: 'group', handle, rows: kept, isTooLong, ...rest, ...double };
  };
  for await (const read of rows) {
    const row = checkHandle(read);
    if (row.kind === 'bad') {
      isTorn = true;
      if (open) open.isTorn = true;
      yield row;
      continue;
    }
    // Shopify's own handles are in lower case, and so are ours.
    const handle = cellOf(row, 'Handle').toLowerCase();
    if (open && (handle !== open.handle || isAnother(row, open.rows[0]))) {
      yield close(open);
      open = undefined;
    }
    if (!open) open = { handle, rows: [row], count: 0, end: row.end, isTorn };
    else if (open.count < MAX_ROWS) open.rows.push(row);
    open.count += 1;
    open.end = row.end;
    isTorn = false;
  }
  if (open) yield close(open);
}

interface OpenGroup {
  readonly handle: string;
  readonly rows: [Row, ...Row[]];
  count: number;
  end: number;
  isTorn: boolean;
}

/** Some programs repeat the title on every row; another title begins another product. */
const isAnother = (row: Row, first: Row): boolean =>
  !['', cellOf(first, 'Title')].includes(cellOf(row, 'Title')) && cellOf(first, 'Title') !== '';

function checkHandle(row: ReadRow): ReadRow {
  if (row.kind === 'bad' || cellOf(row, 'Handle') !== '') return row;
  const { line, end } = row;
  const reason = 'is empty, so it is not known whose row this is';
  return { kind: 'bad', end, issue: { line, column: 'Handle', reason } };
}
