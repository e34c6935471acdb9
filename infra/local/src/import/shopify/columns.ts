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

/** Without one of these a shop is poorer than its owner may expect. */
const expected: readonly Column[] = [
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Published',
  'Option1 Name',
  'Option1 Value',
  'Variant SKU',
  'Variant Inventory Qty',
  'Image Src',
];

export const optionColumns = [
  ['Option1 Name', 'Option1 Value'],
  ['Option2 Name', 'Option2 Value'],
  ['Option3 Name', 'Option3 Value'],
] as const;

/** Which field of a record holds which column. */
export interface Header {
  readonly names: readonly string[];
  readonly places: ReadonlyMap<Column, number>;
  readonly missing: { readonly required: readonly Column[]; readonly expected: readonly Column[] };
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
  return {
    names,
    places,
    missing: { required: required.filter(isMissing), expected: expected.filter(isMissing) },
  };
}
