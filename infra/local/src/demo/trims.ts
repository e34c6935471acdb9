import { dyes, INK, lightness, mix } from './cloth.ts';
import type { Cloth } from './cloth.ts';
import { rect } from './path.ts';
import type { Point } from './path.ts';
import type { Sheet } from './sheet.ts';

/** A four-hole button, of horn on light cloth and of shell on dark cloth. */
export function button(s: Sheet, [x, y]: Point, c: Cloth, r = 6.5): void {
  const face = lightness(c.base) > 0.6 ? mix(dyes.Walnut, dyes.Flax, 0.25) : dyes.Oat;
  const eye = r * 0.26;
  const holes = [-1, 1]
    .flatMap((dx) => [-1, 1].map((dy) => `M${x + dx * eye} ${y + dy * eye}v0`))
    .join('');
  s.raw(
    `<circle cx="${x + 1.5}" cy="${y + 2}" r="${r}" fill="${INK}" fill-opacity=".25"/>` +
      `<circle cx="${x}" cy="${y}" r="${r}" fill="${face}" stroke="${INK}" stroke-width="${s.pen(1.8)}"/>` +
      `<circle cx="${x}" cy="${y}" r="${r * 0.66}" fill="none" stroke="${INK}" stroke-opacity=".35" stroke-width="${s.pen(1)}"/>` +
      `<path d="${holes}" stroke="${INK}" stroke-width="${r * 0.26}" stroke-linecap="round"/>`,
  );
}

export function buttons(
  s: Sheet,
  c: Cloth,
  options: { x?: number; from: number; to: number; count: number; r?: number },
): void {
  const { x = 0, from, to, count, r = 6.5 } = options;
  for (let i = 0; i < count; i += 1) {
    button(s, [x, from + ((to - from) * i) / Math.max(1, count - 1)], c, r);
  }
}

interface PocketOptions {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** How far the point hangs below the corners: 0 is square. */
  readonly point?: number;
  readonly flap?: number;
  readonly band?: number;
}

/** A patch pocket, sewn on by one row of stitches, matched to the cloth below. */
export function pocket(s: Sheet, c: Cloth, options: PocketOptions): void {
  const { x, y, w, h, point = 10, flap = 0, band = 16 } = options;
  const foot = (inset: number): string =>
    `L${x + inset} ${y + h - inset}L${x + w / 2} ${y + h + point - inset}L${x + w - inset} ${y + h - inset}`;
  s.piece(`M${x} ${y}${foot(0)}L${x + w} ${y}Z`, {
    cloth: c,
    shade: 'flat',
    cast: 4,
    outline: 2.6,
  });
  s.stitch(`M${x + 5} ${y + 4}${foot(5)}L${x + w - 5} ${y + 4}`, c);
  if (flap > 0) {
    const edge = `M${x - 3} ${y - 4}L${x - 3} ${y + flap - 8}L${x + w / 2} ${y + flap + point * 0.7}L${x + w + 3} ${y + flap - 8}L${x + w + 3} ${y - 4}Z`;
    s.piece(edge, { cloth: c, shade: 'flat', cast: 5, outline: 2.6 });
    s.stitch(
      `M${x + 2} ${y}L${x + 2} ${y + flap - 12}L${x + w / 2} ${y + flap + point * 0.7 - 6}L${x + w - 2} ${y + flap - 12}L${x + w - 2} ${y}`,
      c,
    );
    button(s, [x + w / 2, y + flap - 8], c, 6);
  } else {
    s.stitch(`M${x + 3} ${y + band}L${x + w - 3} ${y + band}`, c);
  }
}

/** A welt pocket set at a slant, for coats. */
export function welt(s: Sheet, c: Cloth, from: Point, to: Point, width = 17): void {
  const d = `M${from[0]} ${from[1]}L${to[0]} ${to[1]}L${to[0] + width} ${to[1] + 3}L${from[0] + width} ${from[1] + 3}Z`;
  s.piece(d, { cloth: c, shade: 'flat', cast: 3, outline: 2.6 });
  s.stitch(`M${from[0] + 4} ${from[1] + 4}L${to[0] + 4} ${to[1] - 2}`, c);
}

/** A zip: tape, teeth and a puller. */
export function zip(s: Sheet, c: Cloth, options: { x?: number; from: number; to: number }): void {
  const { x = 0, from, to } = options;
  s.raw(`<path d="${rect(x - 7, from, 14, to - from)}" fill="${mix(c.base, INK, 0.55)}"/>`);
  s.raw(
    `<path d="M${x} ${from}V${to}" stroke="${dyes.Flax}" stroke-width="7" stroke-dasharray="2.6 2.6" fill="none"/>`,
  );
  s.line(`M${x - 7} ${from}L${x - 7} ${to}M${x + 7} ${from}L${x + 7} ${to}`, INK, 1.8);
  s.raw(
    `<path d="M${x - 5} ${from + 4}h10v14l-2 22h-6l-2 -22z" fill="${dyes.Flax}" stroke="${INK}" stroke-width="${s.pen(1.8)}" stroke-linejoin="round"/>`,
  );
}

/** A grain-line arrow, as printed on pattern paper. */
export function grainLine(
  s: Sheet,
  x: number,
  from: number,
  to: number,
  colour: string = INK,
): void {
  s.line(
    `M${x} ${from}L${x} ${to}M${x - 7} ${from + 13}L${x} ${from}L${x + 7} ${from + 13}M${x - 7} ${to - 13}L${x} ${to}L${x + 7} ${to - 13}`,
    colour,
    2,
  );
}
