import { catalogApi } from '@hemline/contracts';
import { toCategory } from './category.ts';
import { optionColumns } from '../shopify/columns.ts';
import type { Group } from '../shopify/groups.ts';
import { findOptionFault, readOptionColumns } from './options.ts';
import { type Picture, readPictures } from './pictures.ts';
import { type Issue, type Row, cellOf } from '../shopify/rows.ts';
import { type ReadVariants, readVariants } from './variants.ts';

/** A product as its rows state it, before its photos are found. */
export interface Draft extends ReadVariants {
  readonly kind: 'draft';
  readonly handle: string;
  readonly line: number;
  readonly title: string;
  readonly vendor: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly descriptionHtml: string;
  readonly published: boolean;
  readonly optionNames: readonly string[];
  readonly pictures: readonly Picture[];
  /** Rows of it are missing, so what is not here may be there all the same. */
  readonly isPartial: boolean;
}

/** No product can be made of these rows. */
export interface NoDraft {
  readonly kind: 'none';
  readonly refusals: readonly Issue[];
  readonly variantCount: number;
}

export function makeDraft(group: Group, currency: string): Draft | NoDraft {
  const { handle, rows } = group;
  const [first] = rows;
  const variantRows = findVariantRows(rows);
  const fault = findFault(group) ?? findOptionFault(first, variantRows);
  if (fault) return { kind: 'none', refusals: [fault], variantCount: variantRows.length };
  const options = readOptionColumns(first, variantRows);
  const read = readVariants(variantRows, { handle, currency, options });
  if (read.variants.length === 0) {
    return { kind: 'none', refusals: read.refusals, variantCount: variantRows.length };
  }
  const { pictures, notes } = readPictures(rows);
  return {
    ...read,
    kind: 'draft',
    handle,
    line: first.line,
    title: cellOf(first, 'Title'),
    vendor: cellOf(first, 'Vendor') || 'Unbranded',
    category: toCategory(cellOf(first, 'Type')),
    tags: readTags(first),
    descriptionHtml: cellOf(first, 'Body (HTML)'),
    published: isPublished(first),
    optionNames: options.map(({ name }) => name),
    pictures,
    isPartial: group.isTorn || read.refusedCount > 0,
    notes: [...read.notes, ...notes],
  };
}

/** Rows without a price, a sku or a choice carry one more photo. */
function findVariantRows(rows: readonly [Row, ...Row[]]): readonly Row[] {
  const cells = [
    'Variant Price',
    'Variant SKU',
    ...optionColumns.map(([, value]) => value),
  ] as const;
  const found = rows.filter((row) => cells.some((column) => cellOf(row, column) !== ''));
  return found.length > 0 ? found : [rows[0]];
}

function findFault({ handle, rows, doubles, isTooLong }: Group): Issue | undefined {
  const [first] = rows;
  const at = (column: string, reason: string) => ({ line: first.line, column, reason });
  if (doubles !== undefined) {
    return at('Handle', `${handle} is the handle of the product on line ${doubles} already`);
  }
  if (isTooLong) return at('Handle', `${handle} has more rows than a product can have`);
  const readHandle = catalogApi.product.shape.handle.safeParse(handle);
  if (!readHandle.success) {
    return at('Handle', `"${handle}" ${readHandle.error.issues[0]?.message ?? 'is no handle'}`);
  }
  if (cellOf(first, 'Title') === '') {
    return at('Title', `is empty on the first row of ${handle}`);
  }
  const published = cellOf(first, 'Published');
  if (!/^(?:true|false)?$/i.test(published)) {
    return at('Published', `"${published}" is neither true nor false`);
  }
  return undefined;
}

const isPublished = (first: Row): boolean =>
  cellOf(first, 'Published').toLowerCase() !== 'false' &&
  ['', 'active'].includes(cellOf(first, 'Status').toLowerCase());

const readTags = (first: Row): string[] => {
  const tags = cellOf(first, 'Tags').split(',');
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
};
