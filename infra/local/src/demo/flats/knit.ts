import { as } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { mirror, move, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { buttons, pocket, zip } from '../trims.ts';
import {
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

export interface KnitStyle {
  readonly neck: 'crew' | 'roll' | 'v' | 'half-zip';
  readonly sleeve?: 'long' | 'none' | 'short';
  readonly front?: 'closed' | 'buttoned';
  readonly cables?: 'aran' | 'single';
  /** Cut and sewn jersey has narrow stitched hems where knitwear has deep ribs. */
  readonly jersey?: 'tee' | 'sweat';
}

const long: Cut = {
  neck: [66, 152],
  front: 194,
  back: 170,
  shoulder: [190, 198],
  underarm: [196, 384],
  waist: [194, 570],
  hem: [188, 716],
  tail: 5,
  cuff: [
    [318, 652],
    [258, 664],
  ],
};

function cutFor(style: KnitStyle): Cut {
  const v = style.neck === 'v' ? { front: style.front === 'buttoned' ? 360 : 300 } : {};
  if (style.sleeve === 'none') {
    const { cuff: _, ...rest } = long;
    return { ...rest, ...v, shoulder: [158, 186], underarm: [184, 388] };
  }
  if (style.jersey === 'tee') {
    const cuff: Cut['cuff'] = [
      [304, 372],
      [226, 412],
    ];
    return {
      ...long,
      ...v,
      waist: [188, 580],
      hem: [196, 776],
      ...(style.sleeve === 'short' && { cuff }),
    };
  }
  return { ...long, ...v };
}

const hasRibs = (style: KnitStyle): boolean => style.jersey !== 'tee';

function sleeves(s: Sheet, c: Cloth, cut: Cut, style: KnitStyle): void {
  const rib = as(c, 'rib');
  if (!cut.cuff) {
    s.both(() => {
      const { shoulder: h, underarm: u } = cut;
      const edge = `C${h[0] - 22} ${h[1] + 60} ${h[0] - 26} ${u[1] - 50} ${u[0]} ${u[1]}`;
      const back = `L${u[0] + 5} ${u[1] - 12}C${h[0] + 2} ${u[1] - 60} ${h[0] - 2} ${h[1] + 60} ${h[0] + 16} ${h[1] + 4}Z`;
      s.piece(`M${h[0]} ${h[1]}${edge}${back}`, { cloth: rib, shade: 'flat', outline: 2.8 });
    });
    return;
  }
  s.both(() => {
    s.piece(sleevePath(cut), { cloth: c, grain: sleeveGrain(cut), shade: 'sleeve' });
    sleeveFolds(s, cut, c);
    if (hasRibs(style)) {
      s.piece(cuffPath(cut, 74, 5), {
        cloth: rib,
        grain: sleeveGrain(cut),
        shade: 'sleeve',
        outline: 3,
      });
    } else {
      const [outer, inner] = cut.cuff ?? [
        [0, 0],
        [0, 0],
      ];
      s.stitch(`M${outer[0] - 4} ${outer[1] - 17}L${inner[0] - 3} ${inner[1] - 17}`, c);
    }
  });
}

/** Two strands that cross over each other, again and again. */
function cable(
  s: Sheet,
  c: Cloth,
  x: number,
  options: { from: number; to: number; width: number },
): void {
  const { from, to, width: w } = options;
  const turn = w * 2.6;
  const edges = `M${x - w * 0.9} ${from}L${x - w * 0.9} ${to}M${x + w * 0.9} ${from}L${x + w * 0.9} ${to}`;
  s.raw(`<path d="M${x - w} ${from}h${2 * w}V${to}h${-2 * w}z" fill="#fff" fill-opacity=".07"/>`);
  s.seam(edges, c, 1.4);
  for (let y = from; y + turn <= to + 1; y += turn) {
    const h = turn / 2;
    s.seam(
      `M${x - w * 0.75} ${y}C${x - w * 0.75} ${y + h} ${x + w * 0.75} ${y + h} ${x + w * 0.75} ${y + turn}` +
        `M${x} ${y}C${x} ${y + h * 0.7} ${x + w * 0.75} ${y + h * 0.5} ${x + w * 0.75} ${y + h * 0.7}` +
        `M${x} ${y + turn}C${x} ${y + h * 1.4} ${x - w * 0.75} ${y + h * 1.5} ${x - w * 0.75} ${y + h * 1.3}`,
      c,
      2,
    );
  }
}

function cables(s: Sheet, c: Cloth, cut: Cut, style: KnitStyle): void {
  const to = cut.hem[1] - 2;
  if (style.cables === 'aran') {
    cable(s, c, 0, { from: cut.front + 28, to, width: 26 });
    s.both(() => {
      cable(s, c, 64, { from: 206, to, width: 15 });
      cable(s, c, 116, { from: 214, to, width: 20 });
    });
  } else if (style.cables === 'single') {
    s.both(() => cable(s, c, 92, { from: 208, to, width: 20 }));
  }
}

function hem(s: Sheet, c: Cloth, cut: Cut, style: KnitStyle): void {
  const [x, y] = cut.hem;
  if (!hasRibs(style)) {
    s.stitch(span(`M0 ${y - 10}L${x - 3} ${y - 14}`), c).stitch(
      span(`M0 ${y - 5}L${x - 3} ${y - 9}`),
      c,
    );
    return;
  }
  const low = y + (style.jersey === 'sweat' ? 62 : 76);
  s.piece(
    sym(
      `M0 ${y + 4}L${x - 1} ${y}C${x - 1} ${y + 20} ${x - 10} ${low - 30} ${x - 14} ${low}L0 ${low + 6}`,
    ),
    {
      cloth: as(c, 'rib'),
      outline: 3,
    },
  );
}

function neckBand(s: Sheet, c: Cloth, cut: Cut, side: 'front' | 'back'): void {
  const [nx, ny] = cut.neck;
  const k = ny + (cut.front - ny) * 0.45;
  const front =
    `M0 ${cut.front - 4}C${nx * 0.6} ${cut.front - 4} ${nx - 6} ${k} ${nx - 7} ${ny - 1}L${nx + 13} ${ny + 4}` +
    `C${nx + 14} ${k + 12} ${nx * 0.7} ${cut.front + 22} 0 ${cut.front + 22}`;
  const back =
    `M0 ${ny + 2}C${nx * 0.5} ${ny + 2} ${nx - 14} ${ny - 4} ${nx - 2} ${ny - 12}L${nx + 13} ${ny + 4}` +
    `C${nx * 0.9} ${cut.back + 10} ${nx * 0.5} ${cut.back + 16} 0 ${cut.back + 16}`;
  const d = sym(side === 'front' ? front : back);
  s.piece(d, { cloth: as(c, 'rib'), shade: 'flat', outline: 3 });
}

/** The neckband at the back, seen from inside above the front one. */
function backBand(s: Sheet, c: Cloth, { neck: [nx, ny] }: Cut): void {
  const d = `M0 ${ny - 12}C${nx * 0.6} ${ny - 12} ${nx - 2} ${ny - 10} ${nx + 13} ${ny + 4}L${nx - 8} ${ny + 14}C${nx * 0.7} ${ny + 12} ${nx * 0.4} ${ny + 12} 0 ${ny + 12}`;
  s.piece(sym(d), { cloth: as(c, 'rib'), shade: 'inside', outline: 2.8 });
}

function vBand(s: Sheet, c: Cloth, cut: Cut, style: KnitStyle): void {
  const [nx, ny] = cut.neck;
  const y = cut.front;
  const inner = `M0 ${y}C${nx * 0.3} ${y - 30} ${nx * 0.85} ${ny + 50} ${nx - 7} ${ny - 1}`;
  const outer = `L${nx + 13} ${ny + 4}C${nx * 0.98 + 10} ${ny + 62} ${nx * 0.4 + 12} ${y - 14} 0 ${y + 26}Z`;
  s.both(() => s.piece(inner + outer, { cloth: as(c, 'rib'), shade: 'flat', outline: 2.8 }));
  if (style.front !== 'buttoned') return;
  const low = cut.hem[1] + 82;
  s.piece(`M-13 ${y + 16}L0 ${y}L13 ${y + 16}L13 ${low}L-13 ${low}Z`, {
    cloth: as(c, 'rib'),
    shade: 'flat',
    outline: 2.6,
  });
  buttons(s, c, { from: y + 36, to: low - 26, count: 6, r: 8.5 });
  for (const x of [44, -140])
    pocket(s, as(c, c.weave), { x, y: 576, w: 96, h: 116, point: 0, band: 22 });
}

function collarUp(s: Sheet, c: Cloth, style: KnitStyle): void {
  const rib = as(c, 'rib');
  if (style.neck === 'roll') {
    s.piece(sym('M0 94C36 94 60 98 65 106L70 158C70 184 40 206 0 206'), {
      cloth: rib,
      shade: 'body',
      outline: 3.2,
    });
    s.piece(sym('M0 90C34 90 58 93 65 104L74 150C60 168 30 176 0 176'), {
      cloth: rib,
      shade: 'body',
      cast: 4,
      outline: 3.2,
    });
    s.line(span('M0 104C30 104 50 106 64 112'), c.seam, 1.8);
    return;
  }
  s.piece(sym('M0 100C34 100 56 102 62 108L66 164C54 182 24 192 0 192'), {
    cloth: rib,
    shade: 'inside',
    outline: 2.8,
  });
  const leaf = 'M6 214L10 128C30 112 52 104 62 106C74 122 80 140 82 164C66 196 40 222 6 232Z';
  s.piece(mirror(leaf), { cloth: rib, shade: 'flat', cast: 4, outline: 3 });
  s.piece(leaf, { cloth: rib, shade: 'flat', cast: 4, outline: 3 });
  zip(s, c, { from: 196, to: 372 });
}

function drawBody(s: Sheet, c: Cloth, cut: Cut, side: 'front' | 'back', v: boolean): void {
  const d = bodyPath(cut, side, v);
  s.piece(d, { cloth: c });
  s.both(() => bodyFolds(s, cut, c));
  const {
    shoulder: [sx, sy],
    underarm: [ux, uy],
  } = cut;
  const seamLine = move(
    `M${sx} ${sy + 4}C${sx - 22} ${sy + 60} ${sx - 26} ${uy - 50} ${ux} ${uy}`,
    -9,
    2,
  );
  if (c.weave === 'plain' || c.weave === 'breton') s.both(() => s.stitch(seamLine, c));
}

export function knitFront(s: Sheet, c: Cloth, style: KnitStyle): void {
  const cut = cutFor(style);
  const v = style.neck === 'v';
  sleeves(s, c, cut, style);
  if (style.neck !== 'roll') {
    insideBack(s, cut, c, 4);
    backBand(s, c, cut);
    if (style.neck === 'crew') label(s, 168);
    if (v) label(s, 180);
  }
  drawBody(s, c, cut, 'front', v);
  cables(s, c, cut, style);
  if (style.jersey === 'sweat' && style.neck === 'crew')
    s.stitch('M-20 216L0 246L20 216M-15 216L0 238L15 216', c);
  hem(s, c, cut, style);
  if (v) vBand(s, c, cut, style);
  else if (style.neck === 'crew') neckBand(s, c, cut, 'front');
  else collarUp(s, c, style);
}

export function knitBack(s: Sheet, c: Cloth, style: KnitStyle): void {
  const cut = cutFor(style);
  sleeves(s, c, cut, style);
  drawBody(s, c, cut, 'back', false);
  cables(s, c, { ...cut, front: 180 }, style);
  hem(s, c, cut, style);
  if (style.neck === 'roll') collarUp(s, c, style);
  else neckBand(s, c, cut, 'back');
}
