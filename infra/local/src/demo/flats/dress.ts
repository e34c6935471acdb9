import { as } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { mirror, rect, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { button, buttons, pocket } from '../trims.ts';
import { fan, skirtPanel, tie } from './skirt.ts';
import type { SkirtShape } from './skirt.ts';
import { acrossSleeve, insideBack, label, sleeveGrain, sleevePath } from './torso.ts';
import type { Cut } from './torso.ts';

export interface DressStyle {
  readonly kind: 'shirt' | 'smock' | 'pinafore' | 'wrap';
}

const dress: Cut = {
  neck: [52, 132],
  front: 190,
  back: 146,
  shoulder: [146, 166],
  underarm: [150, 306],
  waist: [120, 420],
  hem: [120, 420],
  tail: 0,
  cuff: [
    [240, 322],
    [174, 344],
  ],
};

const dressSkirt: SkirtShape = { top: 418, waist: 119, flare: 248, hem: 882 };

const bodice = (cut: Cut, depth: number, v: boolean): string => {
  const { neck, shoulder: sh, underarm: u, waist: w } = cut;
  const neckline = v
    ? `M0 ${depth}L${neck[0]} ${neck[1]}`
    : `M0 ${depth}C${neck[0] * 0.6} ${depth} ${neck[0]} ${neck[1] + (depth - neck[1]) * 0.55} ${neck[0]} ${neck[1]}`;
  return sym(
    `${neckline}L${sh[0]} ${sh[1]}C${sh[0] - 20} ${sh[1] + 46} ${sh[0] - 22} ${u[1] - 40} ${u[0]} ${u[1]}` +
      `C${u[0] - 6} ${u[1] + 40} ${w[0] + 4} ${w[1] - 40} ${w[0]} ${w[1] + 4}L0 ${w[1] + 6}`,
  );
};

function dressSleeves(s: Sheet, c: Cloth, cut: Cut): void {
  s.both(() => {
    s.piece(sleevePath(cut), { cloth: c, grain: sleeveGrain(cut), shade: 'sleeve' });
    s.fold([160, 300], [206, 216], c, { bow: -8, width: -12 });
    s.fold([166, 322], [214, 270], c, { bow: 7, width: 9 });
    s.stitch(acrossSleeve(cut, 18), c);
  });
}

function bodiceFolds(s: Sheet, c: Cloth): void {
  s.both(() => {
    s.fold([144, 314], [90, 356], c, { bow: 8, width: 12 });
    s.fold([112, 414], [92, 330], c, { bow: 5, width: -10 });
    s.fold([66, 416], [62, 352], c, { bow: 3, width: 9 });
  });
}

function dressBodice(s: Sheet, c: Cloth, style: DressStyle, side: 'front' | 'back'): void {
  const v = style.kind === 'wrap' && side === 'front';
  if (side === 'front')
    insideBack(s, { ...dress, front: v ? 300 : 190 }, c, style.kind === 'shirt' ? 16 : 4);
  if (side === 'front') label(s, style.kind === 'shirt' ? 152 : 154);
  s.piece(bodice(dress, side === 'back' ? dress.back : v ? 318 : dress.front, v), { cloth: c });
  bodiceFolds(s, c);
}

function dressDetails(s: Sheet, c: Cloth, style: DressStyle): void {
  if (style.kind === 'shirt') {
    s.piece(rect(-14, 192, 28, 700), { cloth: c, shade: 'flat', outline: 2.4 });
    s.stitch('M-9.500 198L-9.500 886M9.500 198L9.500 886', c);
    buttons(s, c, { from: 250, to: 770, count: 9, r: 6.5 });
    const leaf = 'M48 114C64 120 76 134 82 156L60 240L4 188C26 166 42 144 48 114Z';
    s.piece(
      sym(
        'M0 108C24 108 40 110 49 115L54 134L16 194L0 196L0 182L20 164L38 142C26 150 12 152 0 152',
      ),
      { cloth: c, shade: 'inside', outline: 2.6 },
    );
    label(s, 160);
    for (const d of [mirror(leaf), leaf])
      s.piece(d, { cloth: c, shade: 'flat', cast: 5, outline: 3 });
    s.both(() => s.stitch('M56 130C64 136 70 146 74 158L57 229L12 188', c));
    button(s, [0, 202], c, 6);
    s.piece(sym('M0 408C50 408 90 406 121 403L121 433C90 436 50 438 0 438'), {
      cloth: c,
      shade: 'body',
      cast: 4,
      outline: 3,
    });
    tie(s, c, -34, 422);
  }
  if (style.kind === 'wrap') {
    s.seam('M52 132C30 220 -30 330 -104 404', c, 2.8).stitch('M60 136C38 226 -24 336 -98 410', c);
    s.seam('M-52 132L-20 268', c, 2.6).stitch('M-59 136L-28 272', c);
    s.seam('M-104 424C-60 560 -40 720 -64 888', c, 2.8).shade(
      'M-104 424C-60 560 -40 720 -64 888L-82 886C-58 720 -78 560 -104 424Z',
      0.14,
    );
    s.piece(sym('M0 408C50 408 90 406 121 403L121 431C90 434 50 436 0 436'), {
      cloth: c,
      shade: 'body',
      outline: 3,
    });
    tie(s, c, -100, 420);
  }
}

export function dressFront(s: Sheet, c: Cloth, style: DressStyle): void {
  if (style.kind === 'pinafore') return pinafore(s, c, 'front');
  if (style.kind === 'smock') return smock(s, c, 'front');
  dressSleeves(s, c, dress);
  skirtPanel(s, c, dressSkirt, 'a-line');
  dressBodice(s, c, style, 'front');
  dressDetails(s, c, style);
}

export function dressBack(s: Sheet, c: Cloth, style: DressStyle): void {
  if (style.kind === 'pinafore') return pinafore(s, c, 'back');
  if (style.kind === 'smock') return smock(s, c, 'back');
  dressSleeves(s, c, dress);
  skirtPanel(s, c, dressSkirt, 'a-line');
  dressBodice(s, c, style, 'back');
  s.piece(sym('M0 408C50 408 90 406 121 403L121 433C90 436 50 438 0 438'), {
    cloth: c,
    shade: 'body',
    outline: 3,
  });
  if (style.kind === 'shirt') {
    s.piece(sym('M0 110C24 110 40 112 50 118L78 158C50 170 24 174 0 174'), {
      cloth: c,
      shade: 'flat',
      cast: 5,
      outline: 3,
    });
    s.stitch(span('M0 167C24 167 46 164 69 154'), c);
  } else {
    s.stitch(span('M0 154C26 154 46 150 60 138'), c);
  }
}

/** A loose dress gathered into a yoke, with full sleeves gathered into cuffs. */
function smock(s: Sheet, c: Cloth, side: 'front' | 'back'): void {
  s.both(() => {
    const sleeve =
      'M140 162C214 186 262 300 272 452L196 464C188 400 170 340 150 306C126 262 126 208 140 162Z';
    s.piece(sleeve, { cloth: c, grain: -18, shade: 'sleeve' });
    s.piece('M268 452L198 463L202 496L270 486Z', {
      cloth: c,
      grain: -12,
      shade: 'sleeve',
      outline: 3,
    });
    for (const [x, y] of [
      [210, 456],
      [228, 454],
      [246, 452],
      [260, 450],
    ] as const) {
      s.fold([x, y], [x - 14, y - 70], c, { bow: 3, width: 8 });
    }
    s.fold([158, 304], [206, 232], c, { bow: -8, width: -12 });
  });
  if (side === 'front') {
    insideBack(s, dress, c, 4);
    label(s, 152);
  }
  s.piece(
    sym('M0 264L132 262C132 280 136 296 150 306C160 460 214 700 236 858C160 884 80 890 0 890'),
    { cloth: c },
  );
  fan(s, c, { top: 264, waist: 130, flare: 232, hem: 882 }, 0.74);
  const gathers = [10, 24, 40, 54, 70, 84, 100, 114]
    .map((x, i) => `M${x} 268L${x + 3} ${292 + (i % 3) * 14}`)
    .join('');
  s.seam(span(gathers), c, 1.5);
  s.stitch(span('M0 872C80 872 160 866 230 842'), c);
  s.both(() =>
    s
      .seam('M162 470C176 500 180 540 176 580', c, 2.2)
      .stitch('M154 470C168 504 172 540 168 578', c),
  );
  const top = side === 'front' ? 190 : 146;
  s.piece(sym(`M0 ${top}C32 ${top} 52 166 52 132L146 166C130 200 128 236 132 266L0 268`), {
    cloth: c,
    outline: 3,
  });
  s.stitch(span(`M0 ${top + 8}C38 ${top + 8} 60 172 60 141M0 259L128 257`), c);
  if (side === 'back') {
    s.seam('M0 146L0 266', c, 2);
    buttons(s, c, { from: 162, to: 248, count: 3, r: 6 });
  }
}

/** A bib, two straps and a skirt with pockets. */
function pinafore(s: Sheet, c: Cloth, side: 'front' | 'back'): void {
  const shape: SkirtShape = { top: 440, waist: 130, flare: 240, hem: 880 };
  skirtPanel(s, c, shape, 'a-line');
  s.both(() => {
    const strap =
      side === 'front' ? 'M62 104L92 104L96 250L68 250Z' : 'M62 104L92 104L26 424L-8 424Z';
    s.piece(strap, { cloth: c, shade: 'flat', outline: 3 });
    if (side === 'front') s.stitch('M68 112L74 244M86 112L91 244', c);
  });
  if (side === 'front') {
    s.piece(sym('M0 232L100 232C102 300 112 360 131 408L0 410'), { cloth: c });
    s.stitch(span('M0 241L92 241C94 310 106 366 122 404'), c);
    pocket(s, c, { x: -46, y: 276, w: 92, h: 84, point: 0 });
    s.both(() => button(s, [82, 252], c, 10));
    for (const x of [44, -148]) pocket(s, c, { x, y: 528, w: 104, h: 122, point: 0, band: 20 });
  } else {
    buttons(s, c, { from: 462, to: 560, count: 3, r: 7 });
  }
  s.piece(sym('M0 408C60 408 100 406 131 403L134 442C100 446 60 448 0 448'), {
    cloth: as(c, c.weave),
    shade: 'body',
    outline: 3,
  });
  s.stitch(span('M0 415C60 415 100 413 128 410M0 441C60 441 100 439 130 436'), c);
}
