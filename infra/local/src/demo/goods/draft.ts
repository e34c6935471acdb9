import type { Cloth, Dye, Ground } from '../cloth.ts';
import { swatches } from '../flats/swatch.ts';
import { Sheet } from '../sheet.ts';
import type { Focus } from '../sheet.ts';

export interface DemoPicture {
  readonly key: string;
  readonly alt: string;
  /** The colour it shows; a picture without one shows the product in general. */
  readonly colour?: string;
  svg(): string;
}

export interface DemoVariant {
  readonly sku: string;
  readonly options: Readonly<Record<string, string>>;
  readonly priceMinor: bigint;
  readonly compareAtMinor?: bigint;
  readonly onHand: number;
}

export interface DemoProduct {
  readonly handle: string;
  readonly title: string;
  readonly vendor: string;
  readonly category: readonly string[];
  readonly tags: readonly string[];
  readonly descriptionHtml: string;
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly variants: readonly DemoVariant[];
  readonly pictures: readonly DemoPicture[];
  readonly published: true;
}

export type Draw = (sheet: Sheet, cloth: Cloth) => void;

/** A size as the customer reads it, and its short form in the SKU. */
export type Size = readonly [value: string, code: string];

/** What a buyer would write down about a product; the rest follows from it. */
export interface Draft {
  readonly handle: string;
  readonly title: string;
  readonly code: string;
  readonly vendor: string;
  readonly tags: readonly string[];
  /** In whole euros; `was` is the price before the reduction. */
  readonly price: number;
  readonly was?: number;
  readonly colours: Partial<Record<Dye, Cloth>>;
  readonly sizes: readonly Size[];
  readonly stock?: 'usual' | 'low' | 'none';
  readonly text: string;
  readonly facts: readonly string[];
  readonly ground: Ground;
  readonly front: Draw;
  readonly back?: Draw;
  readonly frame?: Focus;
  readonly detail?: Focus;
  readonly swatches?: true;
}

export const letters: readonly Size[] = ['S', 'M', 'L', 'XL'].map((size) => [size, size]);
export const waists: readonly Size[] = ['28', '30', '32', '34', '36'].map((size) => [size, size]);
export const dressSizes: readonly Size[] = ['8', '10', '12', '14', '16'].map((size) => [
  size,
  size,
]);
export const oneSize: readonly Size[] = [['One size', 'OS']];

/** A nearer view of the whole, for goods smaller than a coat. */
export const near = (zoom: number, y = 500): Focus => ({ at: [0, y], zoom });

const shortNames: Partial<Record<Dye, string>> = { Charcoal: 'CHR' };

/** FNV-1a: the same stock on every machine, without a list of five hundred numbers. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const char of text) h = Math.imul(h ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return h;
}

function onHand(sku: string, stock: Draft['stock']): number {
  const h = hash(sku);
  if (stock === 'none') return 0;
  if (stock === 'low') return h % 4;
  const lot = h % 100;
  if (lot < 4) return 0;
  if (lot < 13) return 1 + (h % 3);
  return 5 + ((h >>> 7) % 36);
}

function variantsOf(draft: Draft, colours: readonly Dye[]): DemoVariant[] {
  return colours.flatMap((colour) =>
    draft.sizes.map(([size, code]) => {
      const dye = shortNames[colour] ?? colour.slice(0, 3).toUpperCase();
      const sku = `HL-${draft.code}-${dye}-${code}`;
      return {
        sku,
        options: { Colour: colour, Size: size },
        priceMinor: BigInt(draft.price) * 100n,
        ...(draft.was !== undefined && { compareAtMinor: BigInt(draft.was) * 100n }),
        onHand: onHand(sku, draft.stock),
      };
    }),
  );
}

function drawing(draft: Draft, draw: Draw, cloth: Cloth, focus?: Focus): () => string {
  return () => {
    const sheet = new Sheet(draft.ground, focus);
    draw(sheet, cloth);
    return sheet.svg();
  };
}

function picturesOf(draft: Draft): DemoPicture[] {
  const cloths = Object.entries(draft.colours);
  const [first] = cloths;
  if (!first) throw new Error(`${draft.handle} has no colours`);
  const [colour, cloth] = first;
  const key = (what: string): string => `${draft.handle}-${what}`;
  const pictures: DemoPicture[] = cloths.map(([name, c]) => ({
    key: key(name.toLowerCase()),
    alt: `${draft.title} in ${name.toLowerCase()}${draft.back ? ', front' : ''}`,
    colour: name,
    svg: drawing(draft, draft.front, c, draft.frame),
  }));
  if (draft.back) {
    const alt = `${draft.title} in ${colour.toLowerCase()}, back`;
    pictures.push({
      key: key('back'),
      alt,
      colour,
      svg: drawing(draft, draft.back, cloth, draft.frame),
    });
  }
  if (draft.detail) {
    const alt = `${draft.title} in ${colour.toLowerCase()}, a closer look at the making`;
    pictures.push({
      key: key('detail'),
      alt,
      colour,
      svg: drawing(draft, draft.front, cloth, draft.detail),
    });
  }
  if (draft.swatches) {
    const all = cloths.map(([, c]) => c);
    const alt = `${draft.title}: swatches of the cloth, cut with pinking shears and pinned together`;
    pictures.push({
      key: key('cloth'),
      alt,
      svg: drawing(draft, (sheet) => swatches(sheet, all), cloth),
    });
  }
  return pictures;
}

export function toProduct(draft: Draft, category: readonly string[]): DemoProduct {
  const colours = Object.keys(draft.colours) as Dye[];
  const facts = draft.facts.map((fact) => `<li>${fact}</li>`).join('');
  return {
    handle: draft.handle,
    title: draft.title,
    vendor: draft.vendor,
    category,
    tags: draft.tags,
    descriptionHtml: `<p>${draft.text}</p><ul>${facts}</ul>`,
    options: [
      { name: 'Colour', values: colours },
      { name: 'Size', values: draft.sizes.map(([size]) => size) },
    ],
    variants: variantsOf(draft, colours),
    pictures: picturesOf(draft),
    published: true,
  };
}
