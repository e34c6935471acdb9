import { dyes } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { lerp, rounded, sym } from '../path.ts';
import type { Point } from '../path.ts';
import type { Sheet } from '../sheet.ts';

/** The measures of an upper garment's right half, as a pattern cutter would note them. */
export interface Cut {
  readonly neck: Point;
  /** Depth of the front and the back neckline on the centre line. */
  readonly front: number;
  readonly back: number;
  readonly shoulder: Point;
  readonly underarm: Point;
  readonly waist: Point;
  readonly hem: Point;
  /** How far the hem falls between side seam and centre; a shirt tail's is deep. */
  readonly tail: number;
  /** A raglan sleeve runs up to the neck, so that there is no shoulder seam. */
  readonly raglan?: true;
  /** Where the sleeve ends: its outer and its inner edge. */

  readonly cuff?: readonly [outer: Point, inner: Point];
}

export const shirtCut: Cut = {
  neck: [60, 150],
  front: 216,
  back: 166,
  shoulder: [182, 190],
  underarm: [188, 372],
  waist: [176, 560],
  hem: [190, 772],
  tail: 76,
  cuff: [
    [312, 690],
    [252, 700],
  ],
};

const at = ([x, y]: Point): string => `${x} ${y}`;

export function bodyPath(cut: Cut, side: 'front' | 'back', vNeck = false): string {
  const depth = side === 'front' ? cut.front : cut.back;
  const { neck, shoulder, underarm, waist, hem, tail } = cut;
  const neckline = vNeck
    ? `M0 ${depth}C${neck[0] * 0.3} ${depth - 30} ${neck[0] * 0.85} ${neck[1] + 50} ${at(neck)}`
    : `M0 ${depth}C${neck[0] * 0.6} ${depth} ${neck[0]} ${depth - (depth - neck[1]) * 0.55} ${at(neck)}`;
  const foot =
    tail > 30
      ? `C${hem[0] - 4} ${hem[1] + tail * 0.5} ${hem[0] * 0.62} ${hem[1] + tail} 0 ${hem[1] + tail}`
      : `C${hem[0] * 0.6} ${hem[1] + tail} ${hem[0] * 0.3} ${hem[1] + tail} 0 ${hem[1] + tail}`;
  return sym(
    `${neckline}${cut.raglan ? raglan(cut) : `L${at(shoulder)}${armhole(cut)}`}` +
      `C${underarm[0] - 4} ${underarm[1] + 60} ${waist[0]} ${waist[1] - 60} ${at(waist)}` +
      `C${waist[0]} ${waist[1] + 70} ${hem[0]} ${hem[1] - 90} ${at(hem)}${foot}`,
  );
}

const armhole = ({ shoulder: [sx, sy], underarm: [ux, uy] }: Cut): string =>
  `C${sx - 22} ${sy + 60} ${sx - 26} ${uy - 50} ${ux} ${uy}`;

const raglan = ({ neck: [nx, ny], underarm: [ux, uy] }: Cut): string =>
  `C${nx + 30} ${ny + 90} ${ux - 60} ${uy - 76} ${ux} ${uy}`;

export function sleevePath(cut: Cut): string {
  if (!cut.cuff) return '';
  const { shoulder: s, underarm: u } = cut;
  const [outer, inner] = cut.cuff;
  const k = Math.hypot(outer[0] - s[0], outer[1] - s[1]) / 520;
  const edges =
    `C${s[0] + 58} ${s[1] + 22 * k + 8} ${outer[0] - 44 * k - 8} ${outer[1] - 300 * k} ${at(outer)}` +
    `L${at(inner)}C${inner[0] - 8 * k} ${inner[1] - 130 * k} ${u[0] + 34 * k} ${u[1] + 110 * k} ${at(u)}`;
  if (cut.raglan) {
    const [nx, ny] = cut.neck;
    return `M${at(cut.neck)}L${at(s)}${edges}C${u[0] - 60} ${u[1] - 76} ${nx + 30} ${ny + 90} ${at(cut.neck)}Z`;
  }
  return `M${at(s)}${edges}C${s[0] - 26} ${u[1] - 50} ${s[0] - 22} ${s[1] + 60} ${at(s)}Z`;
}

/** How far the sleeve's grain leans out. */
export function sleeveGrain(cut: Cut): number {
  if (!cut.cuff) return 0;
  const top = lerp(cut.shoulder, cut.underarm, 0.45);
  const end = lerp(cut.cuff[0], cut.cuff[1], 0.5);
  return (-Math.atan2(end[0] - top[0], end[1] - top[1]) * 180) / Math.PI;
}

/** A band across the sleeve's end: a cuff, a ribbing or a hem. */
export function cuffPath(cut: Cut, depth: number, narrow = 0): string {
  if (!cut.cuff) return '';
  const [outer, inner] = cut.cuff;
  const lean = Math.tan((-sleeveGrain(cut) * Math.PI) / 180) * depth;
  const [ox, ix] = [outer[0] + lean - narrow, inner[0] + lean + narrow];
  return (
    `M${at(outer)}L${ox} ${outer[1] + depth}` +
    `Q${(ox + ix) / 2} ${(outer[1] + inner[1]) / 2 + depth + 5} ${ix} ${inner[1] + depth}L${at(inner)}Z`
  );
}

/** Across the sleeve, `t` of the way from its end towards the shoulder. */
export function acrossSleeve(cut: Cut, lift: number): string {
  if (!cut.cuff) return '';
  const [outer, inner] = cut.cuff;
  const lean = Math.tan((-sleeveGrain(cut) * Math.PI) / 180) * -lift;
  return `M${outer[0] + lean} ${outer[1] - lift}L${inner[0] + lean} ${inner[1] - lift}`;
}

export function sleeveFolds(s: Sheet, cut: Cut, c: Cloth): void {
  if (!cut.cuff) return;
  const [outer, inner] = cut.cuff;
  const { shoulder: sh, underarm: u } = cut;
  const long = outer[1] - sh[1] > 330;
  s.fold([u[0] + 4, u[1] + 8], lerp(u, [sh[0] + 40, sh[1] + 60], 0.72), c, { bow: -8, width: -13 });
  s.fold([u[0] + 12, u[1] + 34], lerp(u, outer, 0.42), c, { bow: 9, width: 9 });
  if (!long) return;
  const elbow = lerp(u, inner, 0.52);
  s.fold([elbow[0] + 14, elbow[1]], [elbow[0] + 44, elbow[1] - 22], c, { bow: -5, width: 8 });
  s.fold([elbow[0] + 17, elbow[1] + 34], [elbow[0] + 38, elbow[1] + 26], c, { bow: -4, width: 6 });
  s.fold([inner[0] + 18, inner[1] - 6], [inner[0] + 4, inner[1] - 110], c, { bow: 4, width: -9 });
  s.fold([inner[0] + 38, inner[1] - 8], [inner[0] + 30, inner[1] - 64], c, { bow: -3, width: 7 });
}

export function bodyFolds(s: Sheet, cut: Cut, c: Cloth): void {
  const { underarm: u, waist: w, hem: h } = cut;
  s.fold([u[0] - 6, u[1] + 6], [u[0] - 74, u[1] + 66], c, { bow: 10, width: 14 });
  s.fold([u[0] - 8, u[1] + 30], [u[0] - 52, u[1] + 120], c, { bow: 8, width: 11 });
  s.fold([w[0] - 4, w[1] + 20], [w[0] - 58, w[1] + 70], c, { bow: -8, width: 12 });
  s.fold([h[0] - 34, h[1] - 4], [h[0] - 46, h[1] - 170], c, { bow: 7, width: -16 });
  s.fold([h[0] - 96, h[1] + 4], [h[0] - 88, h[1] - 120], c, { bow: -6, width: 14 });
}

/** The woven label: unprinted, madder on chalk, the same in everything we sell. */
export function label(s: Sheet, y: number, x = 0): void {
  s.raw(`<path d="${rounded(x - 19, y, 38, 17, 1.5)}" fill="${dyes.Chalk}"/>`);
  s.line(`M${x - 13} ${y + 8.5}L${x + 13} ${y + 8.5}`, dyes.Madder, 2.6);
  s.line(`M${x - 4} ${y + 3.5}L${x} ${y + 8.5}L${x + 4} ${y + 3.5}`, dyes.Madder, 1.8);
}

/** The inside of the back, seen through the neck opening. */
export function insideBack(s: Sheet, cut: Cut, c: Cloth, rise = 0): void {
  const [nx, ny] = cut.neck;
  const top = ny - rise;
  s.piece(
    sym(
      `M0 ${cut.back - rise}C${nx * 0.6} ${cut.back - rise} ${nx - 4} ${top + 6} ${nx} ${top}L${nx + 2} ${ny + 6}L${nx * 0.6} ${cut.front + 4}L0 ${cut.front + 8}`,
    ),
    { cloth: c, shade: 'inside', outline: 2.4 },
  );
}
