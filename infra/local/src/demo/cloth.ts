// Cloths: a dye from one palette and a weave. A weave is drawn as a few long dashed or plain lines,
// because those are what the rasteriser paints fastest, and they stay crisp at every size.

/** The dyes. The keys are also the names in the shop's "Colour" option. */
export const dyes = {
  Chalk: '#f2eee5',
  Oat: '#ddd1bb',
  Flax: '#c8b48c',
  Butter: '#e5cd84',
  Ochre: '#c48f30',
  Rust: '#b0623a',
  Madder: '#a33d2f',
  Rose: '#cb9c93',
  Plum: '#5f3749',
  Walnut: '#6d4d39',
  Indigo: '#2f4573',
  Sky: '#a3b9cb',
  Slate: '#66737f',
  Charcoal: '#4b4e53',
  Ink: '#272c36',
  Bottle: '#24493d',
  Moss: '#737c4f',
  Sage: '#a8b29b',
} as const;

export type Dye = keyof typeof dyes;

/** The tinted papers that goods lie on. */
export const grounds = {
  mist: '#d3dbdb',
  sage: '#d2d9c8',
  blush: '#e5d2c9',
  straw: '#e8dcbc',
  dusk: '#ccd3df',
  stone: '#dbd6cc',
} as const;

export type Ground = keyof typeof grounds;

export const INK = '#1f242d';

export type Weave =
  | 'plain'
  | 'linen'
  | 'oxford'
  | 'twill'
  | 'cord'
  | 'knit'
  | 'rib'
  | 'fleck'
  | 'fairisle'
  | 'stripe'
  | 'ticking'
  | 'breton'
  | 'check'
  | 'windowpane'
  | 'gingham'
  | 'herringbone'
  | 'dot'
  | 'quilt'
  | 'waffle';

export interface Cloth {
  readonly base: string;
  readonly weave: Weave;
  /** The second colour: of a stripe, a check, a dot. */
  readonly figure: string;
  /** Ink for the seams drawn on this cloth: darker on light cloth, lighter on dark cloth. */
  readonly seam: string;
  readonly stitch: string;
}

const channels = (hex: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

export function mix(a: string, b: string, share: number): string {
  const to = channels(b);
  const mixed = channels(a).map((value, i) =>
    Math.round(value + ((to[i] ?? 0) - value) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${mixed.join('')}`;
}

export function lightness(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex);
  return (0.3 * r + 0.59 * g + 0.11 * b) / 255;
}

interface ClothOptions {
  readonly figure?: Dye;
  /** Thread of another colour, as on jeans and workwear. */
  readonly thread?: Dye;
}

export function cloth(dye: Dye, weave: Weave = 'plain', options: ClothOptions = {}): Cloth {
  const base = dyes[dye];
  const light = lightness(base);
  const dark = light < 0.38;
  const figure = options.figure ? dyes[options.figure] : mix(base, dark ? '#ffffff' : INK, 0.3);
  return {
    base,
    weave,
    figure,
    seam: dark ? mix(base, '#ffffff', 0.42) : mix(base, INK, 0.78),
    stitch: options.thread ? dyes[options.thread] : mix(base, dark ? '#ffffff' : INK, 0.5),
  };
}

/** The same cloth knitted or woven another way, e.g. the ribbed hem of a jumper. */
export const as = (c: Cloth, weave: Weave): Cloth => ({ ...c, weave });
