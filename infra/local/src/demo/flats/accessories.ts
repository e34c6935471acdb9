import { as, dyes, INK, mix } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { move, rect, rounded, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { button } from '../trims.ts';
import { label } from './torso.ts';

/** Threads along an edge, knotted at the top. `lean` spreads them. */
export function fringe(
  s: Sheet,
  c: Cloth,
  options: { x: number; y: number; w: number; length: number },
): void {
  const { x, y, w, length } = options;
  const count = Math.round(w / 11);
  const threads = Array.from({ length: count }, (_, i) => {
    const at = x + ((i + 0.5) * w) / count;
    return `M${at} ${y}C${at - 2} ${y + length * 0.4} ${at + 4} ${y + length * 0.6} ${at + (i % 3) - 1} ${y + length - (i % 4) * 3}`;
  }).join('');
  s.ink(threads, 6.5).line(threads, mix(c.base, c.figure, 0.25), 3.4);
}

export function scarf(s: Sheet, c: Cloth): void {
  fringe(s, c, { x: 36, y: 800, w: 138, length: 62 });
  s.piece('M60 210C120 400 150 620 176 802L34 806C24 620 -6 430 -44 250Z', {
    cloth: c,
    grain: -10,
    shade: 'body',
  });
  s.fold([92, 790], [36, 400], c, { bow: 10, width: 16 });
  s.fold([140, 780], [104, 520], c, { bow: 6, width: -12 });
  fringe(s, c, { x: -176, y: 738, w: 138, length: 62 });
  s.piece('M-70 220C-130 380 -160 560 -178 740L-36 744C-24 590 14 420 54 270Z', {
    cloth: c,
    grain: 10,
    shade: 'body',
    cast: 6,
  });
  s.fold([-94, 734], [-40, 380], c, { bow: -10, width: 16 });
  s.fold([-146, 720], [-112, 480], c, { bow: -6, width: 12 });
  s.piece(sym('M0 118C86 118 150 150 156 204C160 262 90 306 0 312'), {
    cloth: c,
    grain: 90,
    shade: 'body',
    cast: 8,
  });
  s.piece(sym('M0 150C60 150 108 166 112 190C108 216 60 232 0 234'), {
    cloth: c,
    grain: 90,
    shade: 'inside',
    outline: 2.8,
  });
  s.both(() => {
    s.fold([150, 220], [30, 294], c, { bow: -26, width: 14 });
    s.fold([128, 206], [20, 258], c, { bow: -18, width: 10 });
  });
  label(s, 176);
}

export function beanie(s: Sheet, c: Cloth): void {
  s.piece(sym('M0 210C130 210 214 330 220 540L222 620L0 624'), { cloth: as(c, 'rib') });
  s.both(() => {
    for (const x of [36, 74, 114, 154])
      s.seam(`M${x * 0.12} 216C${x * 0.9} 300 ${x * 1.28} 420 ${x * 1.3} 580`, c, 1.6);
  });
  s.piece(sym('M0 570C90 570 170 566 224 558C234 620 236 680 230 738C150 748 70 750 0 750'), {
    cloth: as(c, 'rib'),
    cast: -6,
  });
  label(s, 652, 130);
}

export function cap(s: Sheet, c: Cloth): void {
  const crown =
    'M-262 560C-280 380 -170 250 10 246C190 244 300 360 304 540C200 590 -120 600 -262 560Z';
  s.piece(crown, { cloth: c });
  for (const d of [
    'M10 248C-60 340 -90 460 -84 580',
    'M10 248C70 340 110 460 116 578',
    'M10 248C-140 300 -210 420 -214 570',
    'M10 248C160 300 226 410 234 562',
  ]) {
    s.seam(d, c, 2.2).stitch(move(d, 8, 2), c);
  }
  s.piece('M-270 548C-130 590 190 586 306 530L308 572C200 622 -130 632 -268 594Z', {
    cloth: c,
    shade: 'flat',
    outline: 3,
  });
  s.stitch('M-262 560C-130 600 190 596 300 544M-262 588C-130 624 190 614 302 566', c);
  s.piece(
    'M-268 592C-344 604 -366 650 -344 690C-240 736 20 730 120 646C160 626 140 612 90 614C-40 626 -180 618 -268 592Z',
    { cloth: c, grain: 90, shade: 'flat', cast: 5 },
  );
  for (const k of [0, 16, 32])
    s.stitch(
      `M-${330 - k} ${680 - k}C-${232 - k * 0.4} ${716 - k} 10 ${708 - k} ${104 - k} ${636 - k * 0.4}`,
      c,
    );
  button(s, [10, 248], c, 13);
}

export function tote(s: Sheet, c: Cloth): void {
  const strap = 'M-118 330C-120 40 120 40 118 330L86 330C88 92 -88 92 -86 330Z';
  s.piece(move(strap, 0, -8), { cloth: c, shade: 'inside', outline: 3 });
  s.piece(sym('M0 316L214 316C222 500 230 690 236 858C160 868 80 870 0 870'), { cloth: c });
  s.stitch(span('M0 346L208 346M0 352L208 352'), c);
  s.piece(strap, { cloth: c, shade: 'flat', cast: 4, outline: 3 });
  s.both(() => {
    s.piece(rect(86, 324, 33, 92), { cloth: c, shade: 'flat', outline: 2.8 });
    s.stitch('M91 330L114 330L114 410L91 410L91 330L114 410M114 330L91 410', c);
    s.stitch('M112 322C112 56 -112 56 -112 322', c);
    s.fold([226, 850], [196, 640], c, { bow: 8, width: -18 });
    s.fold([230, 866], [150, 800], c, { bow: -10, width: 16 });
    s.fold([120, 860], [104, 690], c, { bow: -7, width: 14 });
  });
  label(s, 378);
}

function sock(s: Sheet, c: Cloth, contrast: Cloth): void {
  const rib = as(c, 'rib');
  s.piece(
    'M-64 250L64 246C66 400 60 520 74 592C104 652 182 690 206 742C214 794 172 822 116 806C40 782 -60 740 -80 660C-84 560 -66 420 -64 250Z',
    { cloth: c },
  );
  s.piece('M-80 654C-88 590 -40 570 -8 602C8 640 -4 690 -34 730C-60 712 -76 690 -80 654Z', {
    cloth: contrast,
    shade: 'flat',
    outline: 2.6,
  });
  s.piece('M150 690C180 706 202 724 206 742C214 794 172 822 116 806C112 760 124 716 150 690Z', {
    cloth: contrast,
    shade: 'flat',
    outline: 2.6,
  });
  s.piece('M-68 168L66 164L65 268L-66 272Z', { cloth: rib, cast: 3, outline: 3 });
  s.fold([66, 596], [-10, 640], c, { bow: -12, width: 12 });
  s.fold([84, 624], [14, 668], c, { bow: -10, width: 10 });
}

export function socks(s: Sheet, c: Cloth): void {
  const contrast: Cloth = { ...c, base: c.figure, weave: 'plain' };
  s.group('translate(112 -26) rotate(6 0 480)', () => sock(s, c, contrast));
  s.group('translate(-118 26) rotate(-2 0 480)', () => sock(s, c, contrast));
}

export function mittens(s: Sheet, c: Cloth): void {
  const one = (): void => {
    s.piece(
      'M-84 640C-110 500 -112 330 -70 250C-40 200 40 200 70 250C96 310 102 380 98 440C124 400 160 372 184 396C198 440 150 540 96 588L88 640Z',
      { cloth: c },
    );
    s.seam('M98 440C92 500 92 540 96 588', c, 2.2);
    s.fold([84, 600], [20, 566], c, { bow: 8, width: 12 });
    s.piece('M-86 636L90 636L94 782C30 790 -40 790 -90 782Z', { cloth: as(c, 'rib'), outline: 3 });
  };
  s.group('translate(150 20) rotate(5 0 480)', one);
  s.group('translate(-150 -10) rotate(-5 0 480) scale(-1 1)', one);
}

export function bandana(s: Sheet, c: Cloth): void {
  s.piece('M-318 292C-120 262 130 262 318 292C220 480 90 680 0 800C-90 680 -220 480 -318 292Z', {
    cloth: c,
    grain: 45,
    shade: 'body',
  });
  s.stitch('M-300 302C-120 274 130 274 300 302C212 474 86 664 0 780C-86 664 -212 474 -300 302', c);
  const border =
    'M-246 326C-110 306 120 306 246 326C180 456 74 620 0 720C-74 620 -180 456 -246 326Z';
  s.line(border, c.figure, 5).line(move(border, 0, 0), c.figure, 2);
  s.piece('M-322 288C-120 240 130 240 322 288L316 316C130 276 -120 276 -316 316Z', {
    cloth: c,
    grain: 90,
    shade: 'flat',
    cast: 5,
    outline: 3,
  });
  s.both(() => {
    s.fold([250, 310], [60, 560], c, { bow: 14, width: 16 });
    s.fold([150, 300], [30, 470], c, { bow: 8, width: 12 });
  });
}

export function pouch(s: Sheet, c: Cloth): void {
  s.piece(rounded(-270, 330, 540, 370, 26), { cloth: c });
  s.line('M-254 372L254 372', INK, 20).line('M-254 372L254 372', mix(c.base, INK, 0.5), 15);
  s.raw(
    `<path d="M-252 372H252" stroke="${dyes.Flax}" stroke-width="9" stroke-dasharray="3.400 3.400" fill="none"/>`,
  );
  s.stitch('M-262 356L262 356M-262 388L262 388', c);
  s.raw(
    `<path d="M196 362h26l42 6v8l-42 6h-26z" fill="${dyes.Flax}" stroke="${INK}" stroke-width="2.4" stroke-linejoin="round"/>`,
  );
  s.both(() => {
    s.fold([262, 690], [180, 600], c, { bow: 12, width: 16 });
    s.fold([240, 694], [216, 520], c, { bow: 8, width: -14 });
  });
  s.piece(rect(-294, 420, 32, 60), { cloth: c, shade: 'flat', cast: 3, outline: 2.8 });
  s.stitch('M-268 424L-268 476', c);
  label(s, 640, -190);
}

export function belt(s: Sheet, c: Cloth): void {
  const leather: Cloth = c;
  const ring = (r: number): string =>
    `M0 ${490 - r}C${r * 0.9} ${490 - r} ${r} ${490 - r * 0.55} ${r} 490C${r} ${490 + r * 0.55} ${r * 0.9} ${490 + r} 0 ${490 + r}`;
  for (const [r, inner] of [
    [250, 218],
    [196, 166],
    [144, 116],
  ] as const) {
    s.raw(
      `<path d="${sym(ring(r))}${sym(ring(inner))}" fill-rule="evenodd" fill="${mix(leather.base, INK, r === 196 ? 0.12 : 0)}" stroke="${INK}" stroke-width="3"/>`,
    );
    s.stitch(sym(ring(r - 7)), leather).stitch(sym(ring(inner + 7)), leather);
  }
  s.piece('M-8 742L236 718C262 726 266 750 240 762L-8 776Z', {
    cloth: leather,
    shade: 'flat',
    cast: 5,
  });
  s.stitch('M-4 750L234 727M-4 768L234 755', leather);
  for (const x of [60, 100, 140, 180])
    s.raw(`<ellipse cx="${x}" cy="${756 - x * 0.07}" rx="5" ry="4" fill="${INK}"/>`);
  s.raw(
    `<path d="${rounded(-60, 724, 74, 72, 12)}" fill="none" stroke="${INK}" stroke-width="17"/><path d="${rounded(-60, 724, 74, 72, 12)}" fill="none" stroke="${dyes.Ochre}" stroke-width="11"/>`,
  );
  s.line('M-58 760L12 758', INK, 11).line('M-58 760L12 758', dyes.Ochre, 6);
}
