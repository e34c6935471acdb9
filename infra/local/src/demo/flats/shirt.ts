import type { Cloth } from '../cloth.ts';
import { mirror, rect, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { button, buttons, pocket } from '../trims.ts';
import {
  acrossSleeve,
  bodyFolds,
  bodyPath,
  cuffPath,
  insideBack,
  label,
  shirtCut,
  sleeveFolds,
  sleeveGrain,
  sleevePath,
} from './torso.ts';
import type { Cut } from './torso.ts';

export interface ShirtStyle {
  readonly collar: 'point' | 'button-down' | 'band' | 'camp';
  readonly sleeve: 'long' | 'short';
  readonly placket?: 'full' | 'popover';
  readonly pockets?: 'one' | 'two-flap' | 'none';
  readonly hem?: 'tail' | 'straight';
}

function cutFor(style: ShirtStyle): Cut {
  const straight = style.hem === 'straight';
  return {
    ...shirtCut,
    front: style.collar === 'camp' ? 266 : shirtCut.front,
    ...(straight && { hem: [196, 800], tail: 10 }),
    ...(style.sleeve === 'short' && {
      cuff: [
        [292, 380],
        [216, 412],
      ],
    }),
  };
}

function sleeves(s: Sheet, c: Cloth, cut: Cut, style: ShirtStyle): void {
  s.both(() => {
    s.piece(sleevePath(cut), { cloth: c, grain: sleeveGrain(cut), shade: 'sleeve' });
    sleeveFolds(s, cut, c);
    if (style.sleeve === 'short') {
      s.stitch(acrossSleeve(cut, 22), c);
      return;
    }
    const cuff = cuffPath(cut, 66, -2);
    s.piece(cuff, { cloth: c, grain: sleeveGrain(cut), shade: 'sleeve', outline: 3 });
    s.stitch(acrossSleeve(cut, -7), c).stitch(acrossSleeve(cut, -58), c);
    button(s, [278, 730], c, 5);
  });
}

function collar(s: Sheet, c: Cloth, style: ShirtStyle): void {
  const stand = sym(
    'M0 122C28 122 46 125 57 131L62 150L60 176L20 222L0 226L0 206L24 186L44 158C30 168 14 171 0 171',
  );
  if (style.collar !== 'camp') s.piece(stand, { cloth: c, shade: 'inside', outline: 2.6 });
  const leaf =
    style.collar === 'camp'
      ? 'M52 132C40 176 18 226 0 268L74 252L58 226L106 214L84 162C78 146 68 136 52 132Z'
      : 'M56 131C74 137 85 152 92 176L66 268L5 212C30 188 48 160 56 131Z';
  for (const d of [leaf, mirror(leaf)])
    s.piece(d, { cloth: c, shade: 'flat', cast: 6, outline: 3 });
  s.both(() => {
    if (style.collar === 'camp') {
      s.stitch('M62 142L12 256L64 245L48 222L96 209L78 166', c);
    } else {
      s.stitch('M66 148C74 154 79 164 84 178L63 256L13 210', c);
      if (style.collar === 'button-down') button(s, [66, 252], c, 4.5);
    }
  });
}

/** The band collar is three pieces: the inside of the back, and the two fronts that meet at the throat. */
function bandCollar(s: Sheet, c: Cloth): void {
  const inside = sym('M0 118C34 118 54 126 60 140L56 170C40 182 20 186 0 186');
  s.piece(inside, { cloth: c, shade: 'inside', outline: 2.6 });
  const half = 'M60 138C54 172 32 198 2 210L8 238C44 224 68 190 72 152C70 146 66 140 60 138Z';
  for (const d of [mirror(half), half])
    s.piece(d, { cloth: c, shade: 'flat', cast: 4, outline: 3 });
  s.both(() => s.stitch('M66 152C60 182 40 208 10 230', c));
}

export function shirtFront(s: Sheet, c: Cloth, style: ShirtStyle): void {
  const cut = cutFor(style);
  sleeves(s, c, cut, style);
  insideBack(s, cut, c, 20);
  label(s, style.collar === 'camp' ? 178 : 182);
  s.piece(bodyPath(cut, 'front'), { cloth: c });
  s.both(() => {
    bodyFolds(s, cut, c);
    s.seam('M72 176L178 212', c, 1.6).stitch('M74 183L176 218', c);
    s.stitch('M171 214C156 262 150 318 180 374', c);
  });
  hem(s, c, cut);
  placket(s, c, cut, style);
  if (style.pockets === 'one') pocket(s, c, { x: 52, y: 322, w: 84, h: 88 });
  if (style.pockets === 'two-flap') {
    for (const x of [50, -134]) pocket(s, c, { x, y: 318, w: 84, h: 92, flap: 36 });
  }
  if (style.collar === 'band') bandCollar(s, c);
  else collar(s, c, style);
  if (style.collar === 'point' || style.collar === 'button-down') button(s, [0, 226], c);
  if (style.collar === 'band') button(s, [1, 224], c, 6);
}

function hem(s: Sheet, c: Cloth, cut: Cut): void {
  const [x, y] = cut.hem;
  const low = y + cut.tail - 9;
  s.both(() =>
    s.stitch(
      cut.tail > 30
        ? `M${x - 7} ${y - 3}C${x - 12} ${y + 32} ${x * 0.6} ${low} 14 ${low}`
        : `M${x - 3} ${y - 12}C${x * 0.6} ${low - 6} ${x * 0.3} ${low - 6} 14 ${low - 6}`,
      c,
    ),
  );
}

function placket(s: Sheet, c: Cloth, cut: Cut, style: ShirtStyle): void {
  const top = cut.front + (style.collar === 'camp' ? 2 : 4);
  const foot = cut.hem[1] + cut.tail - 1;
  const end = style.placket === 'popover' ? 470 : foot;
  s.piece(rect(-15, top, 30, end - top), { cloth: c, shade: 'flat', outline: 2.2 });
  s.stitch(`M-10.5 ${top + 3}L-10.5 ${end - 4}M10.5 ${top + 3}L10.5 ${end - 4}`, c);
  if (style.placket === 'popover') {
    s.stitch(`M-11 ${end - 20}L11 ${end - 20}L-11 ${end - 5}L11 ${end - 5}L-11 ${end - 20}`, c);
    buttons(s, c, { from: top + 66, to: end - 50, count: 2 });
  } else {
    buttons(s, c, { from: top + (style.collar === 'camp' ? 20 : 72), to: foot - 92, count: 6 });
  }
}

export function shirtBack(s: Sheet, c: Cloth, style: ShirtStyle): void {
  const cut = cutFor(style);
  sleeves(s, c, cut, style);
  s.piece(bodyPath(cut, 'back'), { cloth: c });
  s.both(() => {
    bodyFolds(s, cut, c);
    s.stitch('M171 214C156 262 150 318 180 374', c);
  });
  hem(s, c, cut);
  s.seam(span('M0 268L164 262'), c, 2.2).stitch(span('M0 275L163 269'), c);
  s.fold([-9, 272], [-14, 520], c, { bow: 0, width: -10 });
  s.fold([9, 272], [14, 520], c, { bow: 0, width: 10 });
  s.line('M-7 252L-7 282M7 252L7 282M-7 252L7 252', c.seam, 3.4);
  const d =
    style.collar === 'band'
      ? sym('M0 130C34 130 54 134 62 142L68 160C44 170 20 174 0 174')
      : sym('M0 126C36 126 56 130 64 138L94 186C60 200 24 206 0 206');
  s.piece(d, { cloth: c, shade: 'flat', cast: 5, outline: 3 });
  s.stitch(
    style.collar === 'band'
      ? span('M0 167C20 167 40 164 60 156')
      : span('M0 198C24 198 56 193 84 181'),
    c,
  );
}
