import { dyes, INK, mix } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import type { Point } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { grainLine } from '../trims.ts';

const write = ([x, y]: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

/** A rectangle cut with pinking shears. */
function pinked(w: number, h: number): string {
  const tooth = 16;
  const points: string[] = [];
  const edge = (
    from: readonly [number, number],
    to: readonly [number, number],
    n: readonly [number, number],
  ): void => {
    const count = Math.round(Math.hypot(to[0] - from[0], to[1] - from[1]) / tooth);
    for (let i = 0; i < count; i += 1) {
      const at = (k: number): [number, number] => [
        from[0] + ((to[0] - from[0]) * k) / count,
        from[1] + ((to[1] - from[1]) * k) / count,
      ];
      const [a, b] = [at(i), at(i + 0.5)];
      points.push(write(a), write([b[0] + n[0] * 8, b[1] + n[1] * 8]));
    }
  };
  const [x, y] = [w / 2, h / 2];
  edge([-x, -y], [x, -y], [0, 1]);
  edge([x, -y], [x, y], [-1, 0]);
  edge([x, y], [-x, y], [0, -1]);
  edge([-x, y], [-x, -y], [1, 0]);
  return `M${points.join('L')}Z`;
}

function pin(s: Sheet, x: number, y: number): void {
  s.line(`M${x - 44} ${y + 30}L${x - 18} ${y + 12}`, INK, 3.4).line(
    `M${x - 4} ${y + 3}L${x + 44} ${y - 30}`,
    INK,
    3.4,
  );
  s.raw(
    `<circle cx="${x + 47}" cy="${y - 32}" r="10" fill="${dyes.Madder}" stroke="${INK}" stroke-width="2.4"/>`,
  );
}

/** The cloths of one product, cut as swatches and pinned together. */
export function swatches(s: Sheet, cloths: readonly Cloth[]): void {
  const turns = cloths.length === 1 ? [-3] : cloths.length === 2 ? [7, -5] : [11, 2, -7];
  for (const [i, c] of [...cloths].reverse().entries()) {
    const middle = (cloths.length - 1) / 2;
    const [dx, dy] = [(middle - i) * 46, (middle - i) * -64];
    s.group(`translate(${dx} ${490 + dy}) rotate(${turns[i] ?? 0})`, () => {
      s.piece(pinked(430, 540), { cloth: c, shade: 'flat', cast: i ? 10 : 0, outline: 2.6 });
      s.fold([-200, 240], [-60, 150], c, { bow: -16, width: 20 });
      if (i < cloths.length - 1) return;
      grainLine(s, 150, -150, 150, mix(c.seam, c.base, 0.1));
      pin(s, -120, -196);
    });
  }
}
