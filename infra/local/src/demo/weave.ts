import { INK, lightness, mix } from './cloth.ts';
import type { Cloth, Weave } from './cloth.ts';
import type { Box } from './path.ts';

const f = (n: number): string => String(Math.round(n * 10) / 10);

function steps(from: number, to: number, gap: number, offset = 0): number[] {
  const out: number[] = [];
  for (let k = Math.ceil((from - offset) / gap); k * gap + offset <= to; k += 1) {
    out.push(k * gap + offset);
  }
  return out;
}

const down = (b: Box, gap: number, offset = 0): string =>
  steps(b.x0, b.x1, gap, offset)
    .map((x) => `M${f(x)} ${f(b.y0)}V${f(b.y1)}`)
    .join('');

const across = (b: Box, gap: number, offset = 0): string =>
  steps(b.y0, b.y1, gap, offset)
    .map((y) => `M${f(b.x0)} ${f(y)}H${f(b.x1)}`)
    .join('');

function diagonal(b: Box, gap: number, lean: 1 | -1): string {
  const h = b.y1 - b.y0;
  return steps(b.x0 - h, b.x1 + h, gap)
    .map((x) => `M${f(x)} ${f(b.y0)}l${f(lean * h)} ${f(h)}`)
    .join('');
}

const stroke = (d: string, colour: string, width: number, more = ''): string =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${f(width)}"${more}/>`;

/** Rows of dashes, each row begun elsewhere, so that they look scattered and yet are always the same. */
function scatter(rows: readonly string[], colour: string, width: number, more: string): string {
  return rows
    .map((d, i) => stroke(d, colour, width, `${more} stroke-dashoffset="${i * 67}"`))
    .join('');
}

const slubs = (b: Box, colour: string, opacity: number): string => {
  const more = ` stroke-opacity="${opacity}" stroke-dasharray="34 61 12 97 58 43 19 140"`;
  return (
    scatter(
      [0, 7, 19, 30].map((at) => across(b, 47, at)),
      colour,
      1.1,
      more,
    ) +
    scatter(
      [3, 14, 25, 41].map((at) => down(b, 53, at)),
      colour,
      1,
      more,
    )
  );
};

/** Columns of short strokes that lean left and right in turn. */
function zigzag(b: Box, column: number, rise: number, pitch: number): string {
  return steps(b.y0 - rise, b.y1, pitch)
    .map((y) => {
      const start = Math.floor(b.x0 / column / 2) * 2 * column;
      const turns = Math.ceil((b.x1 - start) / column / 2);
      return `M${f(start)} ${f(y)}${`l${f(column)} ${f(rise)} ${f(column)} ${f(-rise)}`.repeat(turns)}`;
    })
    .join('');
}

// Two charts of one Fair Isle repeat, a square a stitch, as a knitter would keep them.
const motif = [
  '............',
  '#...#...#...',
  '............',
  '.....#......',
  '....###.....',
  '...##.##....',
  '..##...##...',
  '...##.##....',
  '....###.....',
  '.....#......',
  '............',
  '..#...#...#.',
];
const ground = [
  '############',
  '............',
  '............',
  '...........#',
  '#.........##',
  '##.......###',
  '.....#......',
  '##.......###',
  '#.........##',
  '...........#',
  '............',
  '............',
];

function chart(b: Box, rows: readonly string[]): string {
  const repeat = 6 * rows.length;
  return steps(b.y0 - repeat, b.y1, repeat)
    .flatMap((top) =>
      rows.map((row, line) =>
        steps(b.x0 - repeat, b.x1, repeat)
          .flatMap((left) =>
            [...row.matchAll(/#+/g)].map(
              (run) => `M${left + run.index * 6} ${top + line * 6}h${run[0].length * 6}`,
            ),
          )
          .join(''),
      ),
    )
    .join('');
}

type Draw = (box: Box, cloth: Cloth) => string;

const opacity = (value: number): string => ` stroke-opacity="${value}"`;

function tone(c: Cloth): string {
  return lightness(c.base) < 0.38 ? mix(c.base, '#ffffff', 0.5) : mix(c.base, INK, 0.7);
}

const weaves: Record<Weave, Draw> = {
  plain: () => '',
  linen: (b, c) => slubs(b, tone(c), 0.13),
  oxford: (b, c) =>
    stroke(across(b, 14), tone(c), 3, `${opacity(0.1)} stroke-dasharray="7 7"`) +
    stroke(
      across({ ...b, x0: b.x0 + 7 }, 14, 7),
      tone(c),
      3,
      `${opacity(0.1)} stroke-dasharray="7 7"`,
    ),
  twill: (b, c) => stroke(diagonal(b, 6, -1), tone(c), 1, opacity(0.16)),
  cord: (b) =>
    stroke(down(b, 8), INK, 2, opacity(0.2)) + stroke(down(b, 8, 3), '#ffffff', 1.6, opacity(0.09)),
  knit: (b, c) => stroke(zigzag(b, 8, 11, 13), tone(c), 1.5, opacity(0.2)),
  rib: (b) =>
    stroke(down(b, 10), INK, 3, opacity(0.22)) + stroke(down(b, 10, 4), '#ffffff', 2, opacity(0.1)),
  fleck: (b, c) =>
    scatter(
      [0, 17, 29, 46].map((at) => across(b, 61, at)),
      mix(c.base, '#ffffff', 0.6),
      2.4,
      `${opacity(0.5)} stroke-dasharray="4 71 2 43 5 97 3 59"`,
    ) +
    scatter(
      [8, 23, 50].map((at) => across(b, 71, at)),
      mix(c.base, INK, 0.6),
      2.4,
      `${opacity(0.5)} stroke-dasharray="3 87 5 51 2 109"`,
    ) +
    scatter(
      [13, 40].map((at) => across(b, 67, at)),
      c.figure,
      2.8,
      `${opacity(0.8)} stroke-dasharray="4 131 3 89 5 163"`,
    ),
  fairisle: (b, c) => {
    const [figure, light] = [chart(b, motif), chart(b, ground)];
    return stroke(light, mix(c.base, '#ffffff', 0.62), 6) + stroke(figure, c.figure, 6);
  },
  stripe: (b, c) => stroke(down(b, 24, 12), c.figure, 8),
  ticking: (b, c) =>
    stroke(down(b, 40, 20), c.figure, 7) + stroke(down(b, 40, 12) + down(b, 40, 28), c.figure, 2),
  breton: (b, c) => stroke(across(b, 38), c.figure, 13),
  check: (b, c) =>
    stroke(down(b, 76, 38) + across(b, 76), c.figure, 26, opacity(0.5)) +
    stroke(down(b, 76) + across(b, 76, 38), c.figure, 3.5, opacity(0.75)) +
    stroke(down(b, 76, 38) + across(b, 76), mix(c.base, '#ffffff', 0.7), 2.4, opacity(0.8)),
  windowpane: (b, c) => stroke(down(b, 62, 31) + across(b, 62), c.figure, 3.2, opacity(0.85)),
  gingham: (b, c) =>
    stroke(down(b, 36, 18), c.figure, 18, opacity(0.5)) +
    stroke(across(b, 36), c.figure, 18, opacity(0.5)),
  herringbone: (b, c) => stroke(zigzag(b, 20, 20, 12), c.figure, 4.4, opacity(0.7)),
  dot: (b, c) => {
    const more = ' stroke-linecap="round" stroke-dasharray="0 36"';
    return (
      stroke(across(b, 36), c.figure, 9, more) +
      stroke(across({ ...b, x0: b.x0 + 18 }, 36, 18), c.figure, 9, more)
    );
  },
  quilt: (b, c) => {
    const lines = diagonal(b, 64, 1) + diagonal(b, 64, -1);
    return (
      stroke(lines, INK, 7, opacity(0.12)) + stroke(lines, c.stitch, 1.8, ' stroke-dasharray="6 4"')
    );
  },
  waffle: (b, c) =>
    stroke(down(b, 16) + across(b, 16), tone(c), 2, opacity(0.28)) +
    stroke(down(b, 16, 3) + across(b, 16, 3), '#ffffff', 1.6, opacity(0.25)),
};

/** What the weave shows over the base colour within the box, on the straight grain. */
export function drawWeave(cloth: Cloth, box: Box): string {
  // Lines start on whole repeats, so that a pocket matches the cloth below it.
  const snapped = {
    ...box,
    x0: Math.floor(box.x0 / 36 - 1) * 36,
    y0: Math.floor(box.y0 / 36 - 1) * 36,
  };
  return weaves[cloth.weave](snapped, cloth);
}
