/** The columns of a Shopify product export that mean something here. */
export const columns = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Published',
  'Status',
  'Option1 Name',
  'Option1 Value',
  'Option2 Name',
  'Option2 Value',
  'Option3 Name',
  'Option3 Value',
  'Variant SKU',
  'Variant Inventory Tracker',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Price',
  'Variant Compare At Price',
  'Image Src',
  'Image Position',
  'Image Alt Text',
  'Variant Image',
] as const;
export type Column = (typeof columns)[number];

/** Without these there are no products to speak of. */
const required: readonly Column[] = ['Handle', 'Title', 'Variant Price'];

/** Exports of some ages have these, others do not. */
const optional: ReadonlySet<Column> = new Set(['Status', 'Image Position']);

export const optionColumns = [
  ['Option1 Name', 'Option1 Value'],
  ['Option2 Name', 'Option2 Value'],
  ['Option3 Name', 'Option3 Value'],
] as const;

/** Which field of a record holds which column. */
export interface Header {
  readonly names: readonly string[];
  readonly places: ReadonlyMap<Column, number>;
  readonly missing: { readonly required: readonly Column[]; readonly others: readonly Column[] };
}

export function readHeader(fields: readonly string[]): Header {
  const names = fields.map((name) => name.trim());
  const lowerNames = names.map((name) => name.toLowerCase());
  const places = new Map<Column, number>();
  for (const column of columns) {
    const place = lowerNames.indexOf(column.toLowerCase());
    if (place !== -1) places.set(column, place);
  }
  const isMissing = (column: Column) => !places.has(column);
  const others = columns.filter((column) => !required.includes(column) && !optional.has(column));
  return {
    names,
    places,
    missing: { required: required.filter(isMissing), others: others.filter(isMissing) },
  };
}
