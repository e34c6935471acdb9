import { type Issue, type Row, cellOf } from '../shopify/rows.ts';
import type { Options, Variant } from './variants.ts';

/** A photo that a product wants, as its rows name it. */
export interface Picture {
  readonly line: number;
  readonly src: string;
  readonly alt: string;
}

/** What a product may have; the rest is told and left out. */
const MAX_PICTURES = 50;

/** In their order, each once; a variant's own last where the list of photos is without it. */
export function readPictures(rows: readonly Row[]): {
  readonly pictures: readonly Picture[];
  readonly notes: readonly Issue[];
} {
  const bySrc = new Map<string, Picture>();
  const add = (row: Row, src: string, alt: string) => {
    if (src !== '' && !bySrc.has(src)) bySrc.set(src, { line: row.line, src, alt });
  };
  for (const row of inPosition(rows)) {
    add(row, cellOf(row, 'Image Src'), cellOf(row, 'Image Alt Text'));
  }
  for (const row of rows) add(row, cellOf(row, 'Variant Image'), '');
  const pictures = [...bySrc.values()];
  const [extra] = pictures.slice(MAX_PICTURES);
  const reason = `photos from here on are left out; a product has ${MAX_PICTURES} at most`;
  return {
    pictures: pictures.slice(0, MAX_PICTURES),
    notes: extra ? [{ line: extra.line, column: 'Image Src', reason }] : [],
  };
}

/** Older exports have photos in their order and no column that tells it. */
function inPosition(rows: readonly Row[]): readonly Row[] {
  const positionOf = (row: Row) => Number(cellOf(row, 'Image Position') || NaN);
  const isNumbered = rows.every((row) => !cellOf(row, 'Image Src') || positionOf(row) > 0);
  if (!isNumbered) return rows;
  return rows
    .filter((row) => cellOf(row, 'Image Src') !== '')
    .toSorted((a, b) => positionOf(a) - positionOf(b));
}

type ProductOptions = readonly { readonly name: string; readonly values: readonly string[] }[];

/**
 * Which options a photo shows, by the variants that it is the picture of. A merchant sets it on every
 * size of a colour, or on one size alone, and means the colour: an option whose value goes with this
 * photo and no other is enough. Where only several options together tell photos apart, it shows them
 * all. Nobody sees a size in a photo; to bind it to one would hide it from whoever takes another.
 */
export function toPictureOptions(
  src: string,
  variants: readonly Variant[],
  options: ProductOptions,
): Options | undefined {
  const shown = variants.filter(({ picture }) => picture === src);
  const [first] = shown;
  if (!first) return undefined;
  const common = options.filter(
    ({ name, values }) =>
      values.length > 1 &&
      !/size/i.test(name) &&
      shown.every((variant) => variant.options[name] === first.options[name]),
  );
  const telling = common.find(({ name }) =>
    variants.every(
      ({ options: other, picture }) =>
        other[name] !== first.options[name] || picture === '' || picture === src,
    ),
  );
  const names = (telling ? [telling] : common).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, first.options[name] ?? '']));
}
