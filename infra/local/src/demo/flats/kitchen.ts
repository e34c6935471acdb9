import { as } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { rect, rounded, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { pocket } from '../trims.ts';
import { label } from './torso.ts';

export function apron(s: Sheet, c: Cloth): void {
  const strap = 'M-112 232C-130 40 130 40 112 232';
  s.ink(strap, 24).line(strap, c.base, 18).stitch(strap, c);
  const ties = 'M196 500C270 510 300 560 292 640C288 700 312 730 304 790';
  s.both(() => s.ink(ties, 20).line(ties, c.base, 14).stitch(ties, c, 1.4));
  s.piece(sym('M0 226L118 226C124 330 150 430 204 492L212 868C140 876 70 878 0 878'), { cloth: c });
  s.stitch(span('M0 238L108 238C116 340 144 436 196 500L203 856C140 864 70 866 0 866'), c);
  s.both(() => {
    s.piece(rect(98, 218, 30, 40), { cloth: c, shade: 'flat', outline: 2.6 });
    s.fold([196, 860], [176, 620], c, { bow: 8, width: -18 });
    s.fold([90, 872], [96, 770], c, { bow: -6, width: 14 });
  });
  pocket(s, c, { x: -132, y: 520, w: 264, h: 176, point: 0, band: 24 });
  s.stitch('M40 528L40 690M46 528L46 690', c);
  label(s, 262);
}

/** A cloth hung from its loop, folded in three. */
export function teaTowel(s: Sheet, c: Cloth): void {
  const loop = 'M-10 150C-34 80 34 80 10 150';
  s.ink(loop, 13).line(loop, c.base, 8);
  s.piece('M-150 150L170 146C188 380 196 600 204 822L-120 834Z', { cloth: c, shade: 'inside' });
  s.piece('M-176 146L120 142C132 380 136 620 146 862L-196 872C-192 620 -184 380 -176 146Z', {
    cloth: c,
    cast: 6,
  });
  s.fold([60, 150], [80, 860], c, { bow: -6, width: 20 });
  s.fold([-60, 150], [-84, 860], c, { bow: 6, width: -20 });
  s.fold([-140, 864], [-126, 560], c, { bow: 8, width: 16 });
  s.stitch('M-172 158L121 154M-194 856L145 846', c);
  s.stitch('M-166 156C-174 380 -182 620 -186 864M111 156C122 380 126 620 136 856', c);
  label(s, 816, -130);
}

/** Four napkins, folded to quarters and stacked askew. */
export function napkins(s: Sheet, c: Cloth): void {
  for (const [i, turn] of [7, -4, 3, -2].entries()) {
    s.group(`translate(${i * 6 - 10} ${-i * 16 + 20}) rotate(${turn} 0 500)`, () => {
      s.piece(rounded(-238, 268, 476, 476, 8), { cloth: c, shade: 'flat', cast: i ? 9 : 0 });
      s.stitch(rect(-226, 280, 452, 452), c);
      if (i < 3) return;
      s.fold([-234, 504], [234, 500], c, { bow: 0, width: 16 });
      s.fold([2, 272], [-2, 740], c, { bow: 0, width: 16 });
      s.seam('M-238 744L-206 712L-238 712M238 268L206 300L238 300', c, 1.8);
      label(s, 700, 186);
    });
  }
}

export function ovenGlove(s: Sheet, c: Cloth): void {
  const quilted = as(c, 'quilt');
  const loop = 'M-150 822C-210 850 -206 900 -150 880';
  s.ink(loop, 13).line(loop, c.base, 8);
  s.piece(
    'M-158 800C-176 620 -190 400 -160 266C-130 160 60 150 96 262C112 330 116 400 112 470C146 420 200 376 240 408C266 450 212 560 140 660L138 800Z',
    { cloth: quilted },
  );
  s.seam('M112 470C104 540 112 620 140 660', c, 2.4);
  s.stitch(
    'M-146 790C-164 620 -178 400 -149 270C-122 176 54 168 85 266C100 330 104 396 102 486',
    c,
  );
  s.piece('M-166 786L146 786L148 866C40 876 -70 876 -170 866Z', {
    cloth: { ...c, base: c.figure, weave: 'plain' },
    shade: 'body',
    cast: -4,
  });
  s.stitch('M-160 796L141 796', c);
  label(s, 828, -10);
}

export function potHolder(s: Sheet, c: Cloth): void {
  const loop = 'M214 304C290 210 310 250 232 300';
  s.ink(loop, 16).line(loop, c.base, 10);
  s.group('rotate(-5 0 500)', () => {
    s.piece(rounded(-240, 262, 480, 480, 44), { cloth: { ...c, base: c.figure, weave: 'plain' } });
    s.piece(rounded(-216, 286, 432, 432, 30), {
      cloth: as(c, 'quilt'),
      shade: 'flat',
      outline: 2.6,
    });
    s.stitch(rounded(-232, 270, 464, 464, 38), c);
    label(s, 680, 170);
  });
}

/** A table runner, rolled at one end. */
export function runner(s: Sheet, c: Cloth): void {
  s.piece('M-196 214L196 214L204 846L-204 846Z', { cloth: c });
  s.stitch('M-184 222L-190 832L190 832L184 222', c);
  s.seam('M-178 222L-184 820L184 820L178 222', c, 1.4);
  s.both(() => s.fold([120, 840], [112, 560], c, { bow: -6, width: 14 }));
  s.piece('M-206 146C-216 180 -216 216 -206 246L206 246C216 216 216 180 206 146Z', {
    cloth: as(c, c.weave),
    shade: 'inside',
    cast: 14,
  });
  s.raw(
    `<path d="M-206 146C-216 180 -216 216 -206 246L206 246C216 216 216 180 206 146Z" fill="#fff" fill-opacity=".16"/>`,
  );
  s.seam('M-206 160L206 160M-211 232L211 232', c, 1.4);
  s.ink('M-60 144C-64 180 -64 216 -58 248M-46 144C-50 180 -50 216 -44 248', 2.4);
  s.line('M-53 145C-57 180 -57 216 -51 247', '#c8b48c', 11);
  s.ink(
    'M-52 196C-90 160 -104 190 -52 198C-4 190 -10 160 -52 196M-52 198L-78 254M-52 198L-30 258',
    3,
  );
}

export function breadBag(s: Sheet, c: Cloth): void {
  s.piece(
    sym(
      'M0 330C60 330 96 322 104 300C150 330 196 420 204 560C210 680 214 790 206 858C140 872 60 874 0 874',
    ),
    { cloth: c },
  );
  s.piece(sym('M0 168C50 160 100 170 150 152C140 200 116 252 104 300C80 316 40 322 0 322'), {
    cloth: c,
    shade: 'body',
  });
  s.both(() => {
    for (const x of [14, 40, 66, 88]) {
      s.fold([x, 318], [x * 1.5, 190], c, { bow: 4, width: 9 });
      s.fold([x, 334], [x * 1.9, 470 + x], c, { bow: -6, width: 12 });
    }
    s.fold([200, 850], [170, 640], c, { bow: 8, width: -16 });
  });
  s.stitch(span('M0 182C50 174 100 184 146 168'), c);
  s.ink(sym('M0 302C50 302 90 298 106 288L106 314C90 326 50 332 0 332'), 2);
  const cord =
    'M-106 302C-60 322 60 322 106 302M96 306C150 340 130 400 166 440M98 308C120 350 104 420 122 470';
  s.ink(cord, 13).line(cord, '#ddd1bb', 8);
  label(s, 800);
}

export function teaCosy(s: Sheet, c: Cloth): void {
  const loop = 'M-18 262C-40 180 40 180 18 262';
  s.ink(loop, 20).line(loop, c.base, 13);
  s.piece(sym('M0 252C150 252 250 400 262 700L0 706'), { cloth: as(c, c.weave) });
  s.both(() => {
    s.seam('M0 254C60 360 92 520 96 700M0 254C140 330 190 500 194 698', c, 2);
    s.stitch('M8 258C70 370 100 520 104 696', c);
    s.fold([250, 690], [214, 520], c, { bow: 8, width: -14 });
  });
  s.seam('M0 254L0 704', c, 2);
  s.piece(sym('M0 690L264 682C268 706 268 726 264 746C180 754 90 756 0 756'), {
    cloth: { ...c, base: c.figure, weave: 'plain' },
    cast: -4,
    outline: 3,
  });
  s.stitch(span('M0 700L258 692'), c);
  label(s, 716, 150);
}
