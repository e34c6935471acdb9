import { optionColumns } from '../shopify/columns.ts';
import { type Issue, type Row, cellOf } from '../shopify/rows.ts';

/** An option of a product: which of Shopify's three it is, and what it is called. */
export interface OptionColumn {
  readonly place: number;
  readonly name: string;
}

/** What Shopify writes for a product that has no options. */
const NO_OPTION = { name: 'Title', value: 'Default Title' } as const;

export function readOptionColumns(first: Row, variantRows: readonly Row[]): OptionColumn[] {
  return optionColumns.flatMap(([nameColumn, valueColumn], place) => {
    const name = toOptionName(cellOf(first, nameColumn));
    const values = variantRows.map((row) => cellOf(row, valueColumn));
    const isNone = name === NO_OPTION.name && values.every((value) => value === NO_OPTION.value);
    const isUsed = !isNone && values.some((value) => value !== '');
    return isUsed && name !== '' ? [{ place, name }] : [];
  });
}

/** Values that belong to no name, or a name that stands twice. */
export function findOptionFault(first: Row, variantRows: readonly Row[]): Issue | undefined {
  for (const [nameColumn, valueColumn] of optionColumns) {
    const row = variantRows.find((each) => cellOf(each, valueColumn) !== '');
    if (row && cellOf(first, nameColumn) === '') {
      const reason = `is empty, though there is a value on line ${row.line}`;
      return { line: first.line, column: nameColumn, reason };
    }
  }
  const names = readOptionColumns(first, variantRows);
  const double = names.find(({ name }, i) => names.findIndex((other) => other.name === name) !== i);
  if (!double) return undefined;
  const column = optionColumns[double.place]?.[0] ?? '';
  return { line: first.line, column, reason: `${double.name} is an option of it already` };
}

/** "COLOR", "color" and "Color" are one filter for a shopper. Short ones, such as "UK", stay. */
const toOptionName = (name: string): string =>
  (/^\p{Lu}{4,}$/u.test(name) ? name.toLowerCase() : name).replace(/^\p{Ll}/u, (letter) =>
    letter.toUpperCase(),
  );
