import { cloth, dyes, INK, mix } from './cloth.ts';
import type { Cloth } from './cloth.ts';
import { bounds, rounded } from './path.ts';
import type { Box, Point } from './path.ts';
import { Sheet } from './sheet.ts';
import type { Format } from './sheet.ts';
import { button, grainLine } from './trims.ts';

/** The home page's picture is as wide as a cutting table. */
export const STORY: Format = { width: 1600, height: 900, units: [1600, 900] };

const paper: Cloth = { ...cloth('Chalk'), base: '#f1e7cf', stitch: mix('#f1e7cf', INK, 0.6) };

interface PatternPiece {
  readonly d: string;
  readonly at: Point;
  readonly turn?: number;
  /** The grain line: x, and from where to where. */
  readonly grain?: readonly [x: number, from: number, to: number];
  readonly notches?: readonly Point[];
  readonly pins?: readonly Point[];
  /** Lines to sew or fold along. */
  readonly marks?: string;
}

const pieces: readonly PatternPiece[] = [
  {
    d: 'M0 84L0 640C70 640 140 622 208 574L200 370C196 320 198 280 214 236C180 216 164 160 172 80L76 40C72 64 44 84 0 84Z',
    at: [-738, 110],
    grain: [104, 220, 520],
    notches: [
      [200, 345],
      [204, 480],
      [175, 190],
    ],
    pins: [
      [50, 130],
      [150, 540],
    ],
    marks: 'M30 84L30 640M15 84L15 640',
  },
  {
    d: 'M0 60L0 640C80 640 156 626 222 574L214 370C210 320 214 280 230 232C200 214 186 160 188 64Z',
    at: [-470, 110],
    grain: [108, 190, 520],
    notches: [
      [213, 345],
      [218, 480],
      [196, 178],
    ],
    pins: [
      [40, 110],
      [160, 540],
    ],
    marks: 'M36 60L36 150',
  },
  {
    d: 'M0 148C60 136 88 0 164 0C240 0 268 136 328 148L282 486L54 486Z',
    at: [-196, 100],
    grain: [164, 110, 420],
    notches: [
      [70, 90],
      [258, 90],
      [164, 0],
      [29, 330],
    ],
    pins: [
      [70, 200],
      [250, 380],
    ],
    marks: 'M214 486L214 404M104 486L104 452M124 486L124 452',
  },
  {
    d: 'M0 22C70 0 230 0 300 22L328 92C230 66 70 66 -28 92Z',
    at: [-190, 628],
    turn: -2,
    notches: [
      [150, 5],
      [150, 73],
    ],
    pins: [[52, 48]],
  },
  {
    d: 'M0 28C70 6 230 6 300 28C334 40 330 74 300 72C230 54 70 54 0 72C-30 74 -34 40 0 28Z',
    at: [-190, 746],
    turn: 1,
    notches: [
      [150, 12],
      [60, 62],
      [240, 62],
    ],
  },
  {
    d: 'M0 44C46 44 74 26 80 0L214 34L204 118L0 124Z',
    at: [176, 112],
    grain: [120, 50, 108],
    notches: [
      [210, 70],
      [0, 84],
    ],
    pins: [[40, 84]],
  },
  {
    d: rounded(0, 0, 210, 82, 16),
    at: [180, 282],
    turn: 2,
    notches: [[105, 0]],
    pins: [[40, 44]],
    marks: 'M180 30L180 52',
  },
  {
    d: rounded(0, 0, 210, 82, 16),
    at: [178, 392],
    turn: -1,
    notches: [[105, 0]],
    marks: 'M180 30L180 52',
  },
  {
    d: 'M0 0L118 0L118 112L59 138L0 112Z',
    at: [186, 512],
    turn: -3,
    marks: 'M0 22L118 22',
    pins: [[30, 60]],
  },
  {
    d: 'M0 0L44 0L44 176L0 176Z',
    at: [346, 506],
    turn: 1,
    marks: 'M22 8L22 168',
    notches: [[44, 90]],
  },
  {
    d: 'M0 28C54 10 130 10 180 30L170 96L0 100Z',
    at: [180, 694],
    turn: -2,
    notches: [[90, 16]],
    pins: [[60, 56]],
  },
];

function pin(s: Sheet, [x, y]: Point): void {
  s.line(`M${x - 26} ${y + 17}L${x - 11} ${y + 7}M${x - 2} ${y + 2}L${x + 24} ${y - 16}`, INK, 2.2);
  s.raw(
    `<circle cx="${x + 26}" cy="${y - 18}" r="6" fill="${dyes.Madder}" stroke="${INK}" stroke-width="1.8"/>`,
  );
}

function lay(s: Sheet, piece: PatternPiece): void {
  const { d, at, turn = 0, notches = [], pins = [] } = piece;
  const box = bounds(d);
  const [cx, cy] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
  const inset = (size: number): number => Math.round((1 - 20 / size) * 1000) / 1000;
  s.group(`translate(${at[0]} ${at[1]}) rotate(${turn})`, () => {
    s.piece(d, { cloth: paper, shade: 'flat', cast: 5, outline: 2.6 });
    const scale = `scale(${inset(box.x1 - box.x0)} ${inset(box.y1 - box.y0)})`;
    s.group(`translate(${cx} ${cy}) ${scale} translate(${-cx} ${-cy})`, () => s.stitch(d, paper));
    if (piece.marks) s.line(piece.marks, mix(paper.base, INK, 0.55), 1.6);
    if (piece.grain) grainLine(s, ...piece.grain);
    for (const [x, y] of notches) {
      s.raw(
        `<path d="M${x - 6} ${y - 6}h12l-6 11z" fill="${INK}" transform="rotate(${notchTurn([x, y], box)} ${x} ${y})"/>`,
      );
    }
    for (const place of pins) pin(s, place);
  });
}

/** A notch points to the middle of its piece, from the nearest side. */
function notchTurn([x, y]: Point, { x0, y0, x1, y1 }: Box): number {
  const [dx, dy] = [(x - (x0 + x1) / 2) / (x1 - x0), (y - (y0 + y1) / 2) / (y1 - y0)];
  if (Math.abs(dx) > Math.abs(dy)) return dx > 0 ? 90 : -90;
  return dy > 0 ? 180 : 0;
}

function tape(s: Sheet): void {
  const band = (y: number): string =>
    `M430 ${y}C560 ${y + 30} 640 ${y - 60} 720 ${y - 30}C770 ${y - 12} 790 ${y + 6} 830 ${y - 4}`;
  s.raw(`<path d="${band(812)}" fill="none" stroke="${INK}" stroke-width="42"/>`);
  s.raw(`<path d="${band(812)}" fill="none" stroke="${dyes.Butter}" stroke-width="37"/>`);
  const ticks = (dash: string, y: number, width: number): string =>
    `<path d="${band(y)}" fill="none" stroke="${INK}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
  s.raw(ticks('1.600 10.400', 799, 9) + ticks('2.200 57.800', 804, 19));
  s.raw(`<path d="M424 791h20v44h-20z" fill="${dyes.Flax}" stroke="${INK}" stroke-width="2.600"/>`);
}

function shears(s: Sheet): void {
  const steel = '#c3c9ca';
  const bow = (d: string): void => {
    s.raw(
      `<path d="${d}" fill="none" stroke="${INK}" stroke-width="27"/><path d="${d}" fill="none" stroke="${dyes.Ink}" stroke-width="21"/>`,
    );
    s.line(d, '#ffffff', 2);
  };
  const blade = (d: string): void => {
    s.raw(
      `<path d="${d}" fill="${steel}" stroke="${INK}" stroke-width="2.800" stroke-linejoin="round"/>`,
    );
  };
  s.group('translate(624 330) rotate(24)', () => {
    bow('M12 40C34 104 20 150 46 200C78 262 140 236 130 176C122 128 52 92 14 44');
    bow('M-12 40C-32 104 -28 150 -58 198C-96 252 -150 216 -132 162C-116 116 -54 92 -14 44');
    blade('M-20 62C-32 -40 -50 -160 -26 -262C-8 -160 12 -60 24 52Z');
    blade('M20 64C36 -40 52 -150 22 -258C6 -160 -14 -50 -24 54Z');
    s.line('M20 -236C8 -150 -4 -50 -10 26', '#ffffff', 2.4);
    s.raw(
      `<circle cx="0" cy="36" r="11" fill="${dyes.Ochre}" stroke="${INK}" stroke-width="2.600"/>`,
    );
    s.line('M-6 32L6 40', INK, 2.4);
  });
}

function spool(s: Sheet): void {
  const thread = dyes.Indigo;
  const end = 'M718 690C760 706 740 742 786 736';
  s.ink(end, 4.4).line(end, thread, 2.4);
  s.raw(
    `<path d="M626 608h104v18h-104zM626 708h104v18h-104z" fill="${dyes.Flax}" stroke="${INK}" stroke-width="2.800" stroke-linejoin="round"/>` +
      `<path d="M636 626C626 650 626 684 636 708H720C730 684 730 650 720 626z" fill="${thread}" stroke="${INK}" stroke-width="2.800"/>`,
  );
  const turns = [636, 646, 656, 666, 676, 686, 696]
    .map((y) => `M631 ${y}C660 ${y + 5} 696 ${y + 5} 725 ${y}`)
    .join('');
  s.line(turns, mix(thread, '#ffffff', 0.35), 1.6);
}

/** A shirt, cut out and not yet sewn: its paper pattern pinned to the cloth, and the tools beside it. */
export function storySvg(): string {
  const s = new Sheet('mist', { at: [0, 450], zoom: 1 });
  const length = cloth('Sky', 'stripe', { figure: 'Chalk' });
  s.piece('M-830 56L452 40L446 470L458 868L-830 856Z', {
    cloth: length,
    shade: 'flat',
    outline: 3,
  });
  s.stitch('M-830 70L438 54L432 470L444 854L-830 842', length);
  for (const piece of pieces) lay(s, piece);
  shears(s);
  spool(s);
  tape(s);
  for (const at of [
    [520, 640],
    [560, 676],
    [516, 700],
    [574, 726],
  ] as const)
    button(s, at, length, 13);
  return s.svg(STORY);
}
