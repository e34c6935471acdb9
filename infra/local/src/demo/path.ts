// Paths are written as SVG path text with absolute M, L, C, Q and Z only. Garments are drawn about
// x = 0, so one half is enough: `sym` closes it with its own mirror image.

export type Point = readonly [x: number, y: number];

interface Segment {
  readonly command: string;
  readonly points: readonly Point[];
}

const round = (n: number): number => Math.round(n * 10) / 10;

function parse(d: string): Segment[] {
  const segments: Segment[] = [];
  for (const [, command = '', rest = ''] of d.matchAll(/([MLCQZ])([^MLCQZ]*)/g)) {
    const numbers = (rest.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
    const points: Point[] = [];
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      points.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
    }
    segments.push({ command, points });
  }
  return segments;
}

const write = (segments: readonly Segment[]): string =>
  segments
    .map((s) => s.command + s.points.map(([x, y]) => `${round(x)} ${round(y)}`).join(' '))
    .join('');

/** The path as seen in a mirror standing on x = 0. */
export function mirror(d: string): string {
  const flipped = parse(d).map((s) => ({
    command: s.command,
    points: s.points.map(([x, y]): Point => [-x, y]),
  }));
  return write(flipped);
}

/** The path moved by (dx, dy). */
export function move(d: string, dx: number, dy: number): string {
  const moved = parse(d).map((s) => ({
    command: s.command,
    points: s.points.map(([x, y]): Point => [x + dx, y + dy]),
  }));
  return write(moved);
}

/** A closed shape from its right half, which starts and ends on the centre line. */
export function sym(half: string): string {
  const segments = parse(half);
  const back: Segment[] = [];
  for (let i = segments.length - 1; i > 0; i -= 1) {
    const { command, points } = segments[i] ?? { command: 'L', points: [] };
    const from = segments[i - 1]?.points.at(-1) ?? [0, 0];
    const reversed = [...points.slice(0, -1).reverse(), from].map(([x, y]): Point => [-x, y]);
    back.push({ command, points: reversed });
  }
  return `${write(segments)}${write(back)}Z`;
}

/** A line that runs across the centre, from its right half. */
export const span = (half: string): string => mirror(half) + half;

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A box around all points of the path, control points too, so it is never too small. */
export function bounds(d: string): Box {
  const points = parse(d).flatMap((s) => s.points);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}

export const rect = (x: number, y: number, w: number, h: number): string =>
  `M${round(x)} ${round(y)}L${round(x + w)} ${round(y)}L${round(x + w)} ${round(y + h)}L${round(x)} ${round(y + h)}Z`;

/** A rectangle whose corners are turned, as in a sewn and pressed seam. */
export function rounded(x: number, y: number, w: number, h: number, r: number): string {
  const [x1, y1] = [x + w, y + h];
  return (
    `M${x + r} ${y}L${x1 - r} ${y}Q${x1} ${y} ${x1} ${y + r}L${x1} ${y1 - r}Q${x1} ${y1} ${x1 - r} ${y1}` +
    `L${x + r} ${y1}Q${x} ${y1} ${x} ${y1 - r}L${x} ${y + r}Q${x} ${y} ${x + r} ${y}Z`
  );
}

export const lerp = (a: Point, b: Point, t: number): Point => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
];
