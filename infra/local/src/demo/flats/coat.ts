import { dyes, INK, mix } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { mirror, rect, sym, span } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { button, buttons, pocket, welt, zip } from '../trims.ts';
import { as } from '../cloth.ts';
import {
  acrossSleeve,
  bodyFolds,
  bodyPath,
  cuffPath,
  insideBack,
  label,
  sleeveFolds,
  sleeveGrain,
  sleevePath,
} from './torso.ts';
import type { Cut } from './torso.ts';

export interface CoatStyle {
  readonly kind: 'chore' | 'mac' | 'duffle' | 'pea' | 'gilet' | 'anorak' | 'blouson';
}

const short: Cut = {
  neck: [66, 156],
  front: 226,
  back: 176,
  shoulder: [200, 200],
  underarm: [208, 388],
  waist: [204, 580],
  hem: [212, 806],
  tail: 8,
  cuff: [
    [338, 722],
    [266, 736],
  ],
};

const cuts: Record<CoatStyle['kind'], Cut> = {
  chore: short,
  pea: { ...short, front: 330, hem: [214, 824] },
  anorak: { ...short, hem: [214, 800] },
  blouson: {
    ...short,
    waist: [210, 560],
    hem: [204, 706],
    cuff: [
      [336, 664],
      [264, 680],
    ],
  },
  duffle: {
    ...short,
    neck: [70, 172],
    shoulder: [192, 214],
    hem: [226, 872],
    cuff: [
      [338, 736],
      [266, 752],
    ],
  },
  mac: {
    ...short,
    raglan: true,
    neck: [60, 136],
    front: 206,
    back: 154,
    shoulder: [186, 180],
    underarm: [190, 366],
    waist: [186, 540],
    hem: [240, 880],
    cuff: [
      [318, 680],
      [246, 694],
    ],
  },
  gilet: {
    ...short,
    neck: [64, 150],
    shoulder: [164, 186],
    underarm: [196, 396],
    waist: [192, 580],
    hem: [200, 770],
  },
};

function sleeves(s: Sheet, c: Cloth, cut: Cut, kind: CoatStyle['kind']): void {
  if (kind === 'gilet') return;
  s.both(() => {
    s.piece(sleevePath(cut), { cloth: c, grain: sleeveGrain(cut), shade: 'sleeve' });
    sleeveFolds(s, cut, c);
    if (kind === 'blouson') {
      s.piece(cuffPath(cut, 64, 6), {
        cloth: as(c, 'rib'),
        grain: sleeveGrain(cut),
        shade: 'sleeve',
        outline: 3,
      });
    } else if (kind === 'mac' || kind === 'anorak') {
      s.stitch(acrossSleeve(cut, 16), c);
      const [outer, inner] = cut.cuff ?? [
        [0, 0],
        [0, 0],
      ];
      s.piece(
        `M${outer[0] - 6} ${outer[1] - 62}L${inner[0] + 20} ${inner[1] - 58}L${inner[0] + 14} ${inner[1] - 44}L${inner[0] + 22} ${inner[1] - 32}L${outer[0] - 2} ${outer[1] - 36}Z`,
        { cloth: c, shade: 'flat', cast: 3, outline: 2.4 },
      );
      button(s, [inner[0] + 32, inner[1] - 46], c, 5);
    } else {
      s.stitch(acrossSleeve(cut, 18), c);
    }
  });
}

function armholes(s: Sheet, c: Cloth, cut: Cut, kind: CoatStyle['kind']): void {
  const { neck: n, shoulder: h, underarm: u } = cut;
  s.both(() => {
    if (kind === 'mac') {
      s.stitch(
        `M${n[0] + 12} ${n[1] + 46}C${n[0] + 30} ${n[1] + 96} ${u[0] - 64} ${u[1] - 66} ${u[0] - 12} ${u[1] - 4}`,
        c,
      );
      return;
    }
    s.stitch(
      `M${h[0] - 10} ${h[1] + 10}C${h[0] - 31} ${h[1] + 64} ${h[0] - 35} ${u[1] - 48} ${u[0] - 8} ${u[1] + 2}`,
      c,
    );
  });
}

function body(s: Sheet, c: Cloth, cut: Cut, style: CoatStyle, side: 'front' | 'back'): void {
  const { kind } = style;
  sleeves(s, c, cut, kind);
  if (side === 'front') {
    insideBack(s, cut, c, 10);
    label(s, cut.back + 6);
  }
  s.piece(bodyPath(cut, side, kind === 'pea' && side === 'front'), { cloth: c });
  s.both(() => bodyFolds(s, cut, c));
  armholes(s, c, cut, kind);
  const [x, y] = cut.hem;
  if (kind === 'blouson') {
    s.piece(
      sym(
        `M0 ${y + 8}L${x - 1} ${y}C${x} ${y + 20} ${x - 8} ${y + 40} ${x - 12} ${y + 66}L0 ${y + 72}`,
      ),
      { cloth: as(c, 'rib'), outline: 3 },
    );
  } else {
    s.stitch(span(`M0 ${y - 12 + cut.tail}L${x - 4} ${y - 17}`), c);
  }
}

/** The inside of a standing collar, behind the throat. */
function insideCollar(s: Sheet, c: Cloth, top: number): void {
  s.piece(sym(`M0 ${top}C34 ${top} 56 ${top + 3} 64 ${top + 12}L64 172C44 184 20 188 0 188`), {
    cloth: c,
    shade: 'inside',
    outline: 2.6,
  });
}

/** A turned-down collar; `spread` is how far its points reach out and down. */
function collar(s: Sheet, c: Cloth, cut: Cut, spread: { out: number; down: number }): void {
  const [nx, ny] = cut.neck;
  const f = cut.front;
  s.piece(
    sym(
      `M0 ${ny - 32}C${nx * 0.5} ${ny - 32} ${nx - 12} ${ny - 28} ${nx - 3} ${ny - 22}L${nx - 2} ${ny + 22}L18 ${f + 4}L0 ${f + 4}L0 ${f - 10}L24 ${f - 34}L${nx - 20} ${ny + 10}C${nx * 0.5} ${ny + 20} 20 ${ny + 22} 0 ${ny + 22}`,
    ),
    { cloth: c, shade: 'inside', outline: 2.6 },
  );
  const leaf = `M${nx - 4} ${ny - 22}C${nx + 16} ${ny - 14} ${nx + 30} ${ny + 6} ${nx + 38} ${ny + 34}L${spread.out} ${f + spread.down}L3 ${f - 4}C30 ${f - 34} ${nx - 10} ${ny + 20} ${nx - 4} ${ny - 22}Z`;
  for (const d of [mirror(leaf), leaf])
    s.piece(d, { cloth: c, shade: 'flat', cast: 6, outline: 3 });
  s.both(() =>
    s.stitch(
      `M${nx + 4} ${ny - 8}C${nx + 18} ${ny + 2} ${nx + 24} ${ny + 16} ${nx + 29} ${ny + 34}L${spread.out - 5} ${f + spread.down - 14}L12 ${f - 7}`,
      c,
    ),
  );
}

function front(s: Sheet, c: Cloth, cut: Cut, options: { x?: number; from?: number } = {}): void {
  const { x = 18, from = cut.front } = options;
  const foot = cut.hem[1] + cut.tail;
  s.seam(`M${x} ${from}L${x} ${foot}`, c, 2.8).stitch(`M${x - 8} ${from}L${x - 8} ${foot - 12}`, c);
}

function chore(s: Sheet, c: Cloth, cut: Cut): void {
  front(s, c, cut);
  buttons(s, c, { from: 268, to: 716, count: 5, r: 9.5 });
  for (const x of [50, -172]) pocket(s, c, { x, y: 588, w: 122, h: 142, point: 0, band: 24 });
  pocket(s, c, { x: 56, y: 316, w: 92, h: 100, point: 0, band: 20 });
  collar(s, c, cut, { out: 84, down: 52 });
}

function pea(s: Sheet, c: Cloth, cut: Cut): void {
  front(s, c, cut, { x: 74, from: 372 });
  for (const y of [404, 506, 608]) for (const x of [-54, 54]) button(s, [x, y], c, 12);
  s.both(() => welt(s, c, [112, 640], [130, 540], 20));
  insideCollar(s, c, 128);
  label(s, 184);
  const lapel = 'M66 158L118 236L104 258L132 268L56 392L0 340C30 280 54 220 66 158Z';
  const top =
    'M0 128C34 128 56 132 66 140C86 152 104 178 118 218L112 252L76 236C66 206 62 184 56 166C40 178 20 182 0 182Z';
  for (const d of [mirror(lapel), lapel])
    s.piece(d, { cloth: c, shade: 'flat', cast: 6, outline: 3 });
  s.both(() => {
    s.piece(top.replace(/C40 178 20 182 0 182Z/, 'L50 150C36 140 16 136 0 136Z'), {
      cloth: c,
      shade: 'flat',
      cast: 3,
      outline: 3,
    });
    s.stitch('M122 270L58 380L10 338', c);
  });
}

function mac(s: Sheet, c: Cloth, cut: Cut): void {
  front(s, c, cut, { x: 26 });
  s.stitch('M-34 230L-34 872', c);
  s.both(() => welt(s, c, [112, 610], [134, 500], 22));
  collar(s, c, cut, { out: 80, down: 56 });
  button(s, [2, 216], c, 9);
  s.fold([10, 884], [22, 640], c, { bow: -5, width: 12 });
}

function hood(s: Sheet, c: Cloth, cut: Cut, side: 'front' | 'back'): void {
  const ny = cut.neck[1];
  const top = ny - 88;
  if (side === 'back') {
    s.piece(
      sym(
        `M0 ${top}C64 ${top} 104 ${top + 48} 106 ${ny - 4}C104 ${ny + 46} 58 ${ny + 90} 0 ${ny + 106}`,
      ),
      { cloth: c, cast: 6, outline: 3.2 },
    );
    s.seam(`M0 ${top}L0 ${ny + 106}`, c, 2).stitch(`M7 ${top + 4}L7 ${ny + 98}`, c);
    s.both(() => s.fold([92, ny + 10], [40, ny + 66], c, { bow: 8, width: 12 }));
    return;
  }
  s.piece(
    sym(
      `M0 ${top}C62 ${top} 100 ${top + 44} 102 ${ny}C102 ${ny + 30} 90 ${ny + 42} 70 ${ny + 50}L0 ${cut.front - 10}`,
    ),
    { cloth: c, shade: 'inside', outline: 3.2 },
  );
  label(s, ny + 4);
  const leaf = `M0 ${top}C62 ${top} 104 ${top + 44} 106 ${ny + 4}C104 ${ny + 44} 60 ${ny + 84} 4 ${cut.front + 30}L2 ${cut.front - 8}C44 ${cut.front - 36} 68 ${ny + 4} 62 ${ny - 30}C54 ${top + 30} 28 ${top + 22} 0 ${top + 22}Z`;
  s.both(() => {
    s.piece(leaf, { cloth: c, shade: 'flat', cast: 5, outline: 3.2 });
    s.stitch(
      `M0 ${top + 30}C26 ${top + 30} 62 ${top + 40} 70 ${ny - 28}C74 ${ny + 10} 52 ${cut.front - 34} 8 ${cut.front - 2}`,
      c,
    );
  });
}

function toggle(s: Sheet, y: number): void {
  const leather = mix(dyes.Walnut, INK, 0.15);
  s.raw(
    `<path d="M-62 ${y - 13}h26l8 13l-8 13h-26zM62 ${y - 13}h-26l-8 13l8 13h26z" fill="${leather}" stroke="${INK}" stroke-width="2.6" stroke-linejoin="round"/>`,
  );
  s.line(
    `M-34 ${y - 4}C-20 ${y - 9} 0 ${y - 9} 12 ${y - 4}M-34 ${y + 4}C-20 ${y + 9} 0 ${y + 9} 12 ${y + 4}M38 ${y}L20 ${y}`,
    dyes.Flax,
    4.6,
  );
  s.raw(
    `<path d="M-4 ${y - 9}C10 ${y - 13} 26 ${y - 11} 34 ${y}C26 ${y + 11} 10 ${y + 13} -4 ${y + 9}C-8 ${y + 4} -8 ${y - 4} -4 ${y - 9}z" fill="${mix(dyes.Ochre, dyes.Walnut, 0.45)}" stroke="${INK}" stroke-width="2.4"/>`,
  );
}

function duffle(s: Sheet, c: Cloth, cut: Cut): void {
  front(s, c, cut, { x: 30 });
  s.seam(span('M30 318L188 306'), c, 2.4);
  for (const x of [56, -186]) pocket(s, c, { x, y: 650, w: 130, h: 140, point: 0, flap: 44 });
  hood(s, c, cut, 'front');
  for (const y of [330, 432, 534, 636]) toggle(s, y);
}

function gilet(s: Sheet, c: Cloth): void {
  const bind = as(c, 'plain');
  s.piece(rect(-13, 212, 26, 566), { cloth: bind, shade: 'flat', outline: 2.6 });
  insideCollar(s, c, 108);
  s.both(() => {
    const edge = 'M164 186C142 246 138 346 196 396L184 402C128 350 130 246 152 182Z';
    s.piece(edge, { cloth: bind, shade: 'flat', outline: 2.6 });
    welt(s, bind, [96, 668], [112, 560], 18);
  });
  buttons(s, c, { from: 252, to: 740, count: 6, r: 7.5 });
  s.piece(
    sym(
      'M0 108C34 108 56 112 62 120L68 152C60 190 34 214 4 222L0 222L0 196C26 186 44 168 48 140C34 132 16 130 0 130',
    ),
    { cloth: bind, shade: 'flat', outline: 3 },
  );
  s.piece(sym(`M0 766L198 758L200 772C120 778 60 780 0 780`), {
    cloth: bind,
    shade: 'flat',
    outline: 2.6,
  });
}

function anorak(s: Sheet, c: Cloth, cut: Cut): void {
  s.seam(span('M0 452L196 448'), c, 2.6).stitch(span('M0 460L196 456'), c);
  s.piece(sym('M0 500L132 500L132 560L150 660L0 664'), {
    cloth: c,
    shade: 'flat',
    cast: 4,
    outline: 2.8,
  });
  s.stitch(span('M0 508L126 508M124 560L141 654L0 656'), c);
  s.piece('M-134 492L134 492L134 544L0 556L-134 544Z', {
    cloth: c,
    shade: 'flat',
    cast: 5,
    outline: 2.8,
  });
  s.stitch('M-127 538L0 549L127 538', c);
  s.both(() => button(s, [104, 530], c, 7));
  hood(s, c, cut, 'front');
  zip(s, c, { from: 250, to: 452 });
  for (const x of [-26, 26])
    s.line(`M${x} 236C${x * 1.2} 270 ${x * 1.1} 290 ${x * 1.3} 318`, dyes.Chalk, 4.5);
}

function blouson(s: Sheet, c: Cloth, cut: Cut): void {
  insideCollar(s, as(c, 'rib'), 120);
  s.both(() => {
    welt(s, c, [96, 630], [122, 528], 20);
    s.piece(
      `M4 ${cut.front + 4}L6 126C30 118 54 118 66 126C74 140 82 152 82 166C64 202 36 228 4 ${cut.front + 18}Z`,
      { cloth: as(c, 'rib'), shade: 'flat', cast: 3, outline: 3 },
    );
  });
  zip(s, c, { from: 214, to: cut.hem[1] + 70 });
}

const fronts: Record<CoatStyle['kind'], (s: Sheet, c: Cloth, cut: Cut) => void> = {
  chore,
  pea,
  mac,
  duffle,
  gilet,
  anorak,
  blouson,
};

export function coatFront(s: Sheet, c: Cloth, style: CoatStyle): void {
  const cut = cuts[style.kind];
  body(s, c, cut, style, 'front');
  fronts[style.kind](s, c, cut);
}

export function coatBack(s: Sheet, c: Cloth, style: CoatStyle): void {
  const cut = cuts[style.kind];
  const [nx, ny] = cut.neck;
  const foot = cut.hem[1] + cut.tail;
  body(s, c, cut, style, 'back');
  if (style.kind !== 'gilet' && style.kind !== 'anorak')
    s.seam(`M0 ${cut.back}L0 ${foot}`, c, 2).stitch(`M7 ${cut.back}L7 ${foot - 12}`, c);
  if (style.kind === 'mac' || style.kind === 'pea')
    s.fold([0, foot - 4], [0, foot - 200], c, { bow: 0, width: 12 });
  if (style.kind === 'duffle') s.seam(span('M0 330C70 330 130 318 186 302'), c, 2.6);
  if (style.kind === 'duffle' || style.kind === 'anorak') return hood(s, c, cut, 'back');
  const rib =
    style.kind === 'blouson' ? as(c, 'rib') : as(c, style.kind === 'gilet' ? 'plain' : c.weave);
  s.piece(
    sym(
      `M0 ${ny - 34}C40 ${ny - 34} ${nx - 6} ${ny - 30} ${nx} ${ny - 22}L${nx + 28} ${ny + 30}C${nx} ${ny + 46} 30 ${ny + 50} 0 ${ny + 50}`,
    ),
    { cloth: rib, shade: 'flat', cast: 5, outline: 3 },
  );
  s.stitch(span(`M0 ${ny + 42}C30 ${ny + 42} ${nx - 4} ${ny + 38} ${nx + 20} ${ny + 25}`), c);
}
