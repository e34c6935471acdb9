import { dyes, INK } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { button, buttons, pocket } from '../trims.ts';

/** From waist to hem; `flare` is half the hem's width. */
export interface SkirtShape {
  readonly top: number;
  readonly waist: number;
  readonly flare: number;
  readonly hem: number;
}

export interface SkirtStyle {
  readonly kind: 'a-line' | 'pleated' | 'wrap' | 'button';
}

function skirtPath({ top, waist, flare, hem }: SkirtShape): string {
  return sym(
    `M0 ${top + 4}L${waist} ${top}C${waist + 18} ${top + 90} ${flare - 34} ${top + (hem - top) * 0.5} ${flare} ${hem - 18}` +
      `C${flare * 0.7} ${hem + 4} ${flare * 0.35} ${hem + 10} 0 ${hem + 10}`,
  );
}

/** Soft folds that fan out from the waist. */
export function fan(s: Sheet, c: Cloth, shape: SkirtShape, reach = 0.6): void {
  const { top, waist, flare, hem } = shape;
  s.both(() => {
    for (const [i, t] of [0.16, 0.42, 0.66, 0.86].entries()) {
      const foot = hem - 4 - t * 10;
      const length = (hem - top) * (reach - (i % 2) * 0.18);
      const lean = (flare - waist) * t * (length / (hem - top));
      s.fold([flare * t, foot], [flare * t - lean, foot - length], c, {
        bow: -5,
        width: i % 2 ? -13 : 16,
      });
      if (i % 2) s.fold([waist * t, top + 4], [waist * t + 12, top + 92], c, { bow: -3, width: 9 });
    }
  });
}

/** Pressed knife pleats from waist to hem. */
function pleats(s: Sheet, c: Cloth, { top, waist, flare, hem }: SkirtShape): void {
  const count = 9;
  for (let i = -count; i <= count; i += 1) {
    const [a, b] = [(waist * i) / (count + 0.5), (flare * i) / (count + 0.5)];
    const [a2, b2] = [(waist * (i + 0.45)) / (count + 0.5), (flare * (i + 0.45)) / (count + 0.5)];
    const foot = hem + 8 - 22 * (i / count) ** 2;
    s.shade(`M${a} ${top + 2}L${b} ${foot}L${b2} ${foot - 2}L${a2} ${top + 2}Z`, 0.12);
    s.seam(`M${a} ${top + 4}L${b} ${foot}`, c, 1.8);
  }
}

function hemStitch(s: Sheet, c: Cloth, { flare, hem }: SkirtShape, lift = 18): void {
  s.stitch(
    span(
      `M0 ${hem + 10 - lift}C${flare * 0.35} ${hem + 10 - lift} ${flare * 0.7} ${hem + 4 - lift} ${flare - 7} ${hem - 18 - lift}`,
    ),
    c,
  );
}

export function skirtPanel(s: Sheet, c: Cloth, shape: SkirtShape, kind: SkirtStyle['kind']): void {
  s.piece(skirtPath(shape), { cloth: c });
  if (kind === 'pleated') pleats(s, c, shape);
  else fan(s, c, shape);
  hemStitch(s, c, shape);
}

const plain: SkirtShape = { top: 168, waist: 128, flare: 262, hem: 846 };

export function skirtFront(s: Sheet, c: Cloth, style: SkirtStyle): void {
  s.piece(sym(`M0 120L122 126L124 150L0 146`), { cloth: c, shade: 'inside', outline: 2.6 });
  skirtPanel(s, c, plain, style.kind);
  if (style.kind === 'button') {
    s.piece(`M-17 168L17 168L20 855L-20 855Z`, { cloth: c, shade: 'flat', outline: 2.4 });
    s.stitch('M-12 174L-14 850M12 174L14 850', c);
    buttons(s, c, { from: 214, to: 770, count: 8, r: 8 });
    for (const x of [52, -148]) pocket(s, c, { x, y: 258, w: 96, h: 108, point: 0, band: 20 });
  }
  if (style.kind === 'wrap') {
    const flap = 'M86 170C70 330 96 640 128 850C60 860 -20 862 -20 856L-30 170Z';
    s.shade('M86 170C76 330 110 640 146 848L128 850C96 640 70 330 86 170Z', 0.16);
    s.line(flap.slice(0, flap.indexOf('C60')), c.seam, 2.8);
    s.stitch('M78 172C62 330 88 640 119 848', c);
  }
  if (style.kind === 'a-line') {
    s.both(() =>
      s.seam('M92 174C98 214 118 240 148 250', c, 2.4).stitch('M85 174C90 222 114 248 150 259', c),
    );
  }
  s.piece(sym('M0 132C50 132 90 129 125 126L129 170C90 174 50 176 0 176'), {
    cloth: c,
    shade: 'body',
    outline: 3,
  });
  s.stitch(span('M0 138C50 138 90 135 122 132M0 170C50 170 90 168 125 164'), c);
  if (style.kind === 'button') button(s, [0, 154], c, 8);
  if (style.kind === 'wrap') tie(s, c, 84, 152);
}

export function skirtBack(s: Sheet, c: Cloth, style: SkirtStyle): void {
  skirtPanel(s, c, plain, style.kind);
  s.piece(sym('M0 122C50 122 90 124 125 126L129 170C90 170 50 168 0 168'), {
    cloth: c,
    shade: 'body',
    outline: 3,
  });
  s.stitch(span('M0 128C50 128 90 130 122 132M0 162C50 162 90 164 125 164'), c);
  s.seam('M0 168L0 330', c, 2.4).line('M0 122L0 168', c.seam, 2.2);
  s.raw(`<path d="M-3.500 176h7v22h-7z" fill="${dyes.Flax}" stroke="${INK}" stroke-width="1.8"/>`);
}

/** A knot and two ends of cloth. */
export function tie(s: Sheet, c: Cloth, x: number, y: number): void {
  s.piece(
    `M${x} ${y}C${x + 26} ${y + 50} ${x + 18} ${y + 120} ${x + 34} ${y + 170}L${x + 58} ${y + 160}C${x + 44} ${y + 110} ${x + 46} ${y + 40} ${x + 14} ${y - 4}Z`,
    { cloth: c, shade: 'flat', cast: 4, outline: 2.8 },
  );
  s.piece(
    `M${x - 2} ${y}C${x + 2} ${y + 50} ${x - 22} ${y + 90} ${x - 14} ${y + 132}L${x + 10} ${y + 130}C${x + 4} ${y + 90} ${x + 26} ${y + 50} ${x + 14} ${y}Z`,
    { cloth: c, shade: 'flat', cast: 4, outline: 2.8 },
  );
  s.piece(
    `M${x - 12} ${y - 14}C${x} ${y - 20} ${x + 16} ${y - 18} ${x + 22} ${y - 8}C${x + 24} ${y + 6} ${x + 14} ${y + 18} ${x + 2} ${y + 16}C${x - 12} ${y + 14} ${x - 16} ${y - 2} ${x - 12} ${y - 14}Z`,
    { cloth: c, shade: 'flat', cast: 3, outline: 2.8 },
  );
}
