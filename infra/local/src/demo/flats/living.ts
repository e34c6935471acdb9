import { as, dyes, INK, mix } from '../cloth.ts';
import type { Cloth } from '../cloth.ts';
import { rounded, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { buttons } from '../trims.ts';
import { fringe } from './accessories.ts';
import { label } from './torso.ts';

const pillow = sym(
  'M0 250C120 238 220 236 286 216C300 300 278 400 280 500C278 600 300 700 286 784C220 764 120 762 0 750',
);

export function cushion(s: Sheet, c: Cloth): void {
  s.piece(pillow, { cloth: c });
  s.line(pillow, INK, 13).line(pillow, c.figure, 7.5);
  s.both(() => {
    s.fold([276, 238], [190, 320], c, { bow: 10, width: 18 });
    s.fold([276, 762], [190, 680], c, { bow: -10, width: -18 });
    s.fold([268, 300], [222, 372], c, { bow: 6, width: 12 });
    s.fold([268, 700], [222, 628], c, { bow: -6, width: -12 });
    s.fold([150, 246], [120, 300], c, { bow: 5, width: 12 });
  });
}

export function cushionBack(s: Sheet, c: Cloth): void {
  cushion(s, as(c, 'linen'));
  s.seam('M-272 520L272 520', c, 2.6).stitch('M-272 510L272 510', c);
  buttons(s, c, { x: -140, from: 540, to: 540, count: 1, r: 11 });
  buttons(s, c, { x: 0, from: 540, to: 540, count: 1, r: 11 });
  buttons(s, c, { x: 140, from: 540, to: 540, count: 1, r: 11 });
}

export function bolster(s: Sheet, c: Cloth): void {
  s.group('rotate(-24 0 500)', () => {
    s.piece('M-262 400L262 400C300 430 300 570 262 600L-262 600C-300 570 -300 430 -262 400Z', {
      cloth: c,
      grain: 90,
      shade: 'inside',
    });
    s.raw(
      `<path d="M-280 424L282 424C286 440 288 456 288 470L-288 470C-288 456 -286 440 -280 424Z" fill="#fff" fill-opacity=".22"/>`,
    );
    for (const x of [-262, 262]) {
      const d = `M${x} 400C${x - 34} 430 ${x - 34} 570 ${x} 600C${x + 34} 570 ${x + 34} 430 ${x} 400Z`;
      s.piece(d, { cloth: as(c, 'plain'), shade: 'flat', outline: 3 });
      for (const y of [425, 462, 500, 538, 575])
        s.seam(
          `M${x} 500L${x + (y < 500 ? 18 : 20) * (1 - Math.abs(y - 500) / 130)} ${y}M${x} 500L${x - 18 * (1 - Math.abs(y - 500) / 130)} ${y}`,
          c,
          1.5,
        );
      s.raw(
        `<circle cx="${x}" cy="500" r="9" fill="${c.figure}" stroke="${INK}" stroke-width="2.4"/>`,
      );
    }
  });
}

/** A blanket, folded over and over, with its fringe at the front. */
export function blanket(s: Sheet, c: Cloth): void {
  for (const [i, y] of [700, 640, 580].entries()) {
    const d = `M-262 ${y}C-290 ${y + 8} -290 ${y + 62} -262 ${y + 74}L262 ${y + 74}C290 ${y + 62} 290 ${y + 8} 262 ${y}Z`;
    s.piece(d, { cloth: c, shade: i === 2 ? 'flat' : 'body', outline: 3 });
  }
  fringe(s, c, { x: -250, y: 640, w: 500, length: 72 });
  s.piece(
    'M-262 246C-276 252 -284 262 -284 280L-276 620C-276 640 -268 650 -254 650L254 650C268 650 276 640 276 620L284 280C284 262 276 252 262 246Z',
    { cloth: c, cast: 8 },
  );
  s.fold([-250, 300], [-236, 620], c, { bow: 5, width: 14 });
  s.fold([140, 640], [130, 420], c, { bow: 6, width: 16 });
  s.fold([-40, 640], [-52, 520], c, { bow: -5, width: 14 });
  s.seam('M-280 270L280 270', c, 1.6);
  label(s, 606, 214);
}

/** A throw hung over a rail. */
export function throwOver(s: Sheet, c: Cloth): void {
  s.raw(
    `<path d="M-352 206H352" stroke="${INK}" stroke-width="27" stroke-linecap="round"/><path d="M-352 206H352" stroke="${mix(dyes.Flax, dyes.Walnut, 0.35)}" stroke-width="20" stroke-linecap="round"/>`,
  );
  s.piece('M-220 210L250 208L262 690L-214 696Z', { cloth: c, shade: 'inside' });
  fringe(s, c, { x: -244, y: 800, w: 450, length: 62 });
  s.piece(
    'M-236 196C-236 180 -226 178 -214 178L206 176C222 176 230 182 230 196C226 400 216 600 212 806L-250 810C-246 600 -240 400 -236 196Z',
    { cloth: c, cast: 7 },
  );
  s.fold([-130, 804], [-120, 230], c, { bow: 8, width: 22 });
  s.fold([20, 804], [10, 260], c, { bow: -8, width: 20 });
  s.fold([140, 802], [150, 330], c, { bow: 6, width: -18 });
  s.fold([-200, 804], [-196, 520], c, { bow: 4, width: 12 });
}

export function pillowcase(s: Sheet, c: Cloth): void {
  s.group('translate(22 -96) rotate(4 0 500)', () => onePillow(s, c));
  s.group('translate(-14 86) rotate(-3 0 500)', () => onePillow(s, c));
}

function onePillow(s: Sheet, c: Cloth): void {
  s.piece(
    'M-300 350C-220 366 120 364 236 352L240 656C120 640 -220 638 -300 654C-288 560 -288 440 -300 350Z',
    { cloth: c, grain: 90, cast: 9 },
  );
  s.fold([-290, 366], [-190, 430], c, { bow: -8, width: 16 });
  s.fold([-290, 640], [-190, 580], c, { bow: 8, width: -16 });
  s.fold([180, 366], [90, 420], c, { bow: 8, width: 14 });
  s.fold([180, 640], [90, 590], c, { bow: -8, width: -14 });
  s.piece('M226 350L304 344C308 440 308 560 304 664L228 658C234 560 234 440 226 350Z', {
    cloth: as(c, 'plain'),
    shade: 'flat',
    outline: 3,
  });
  s.stitch('M234 354C242 440 242 560 236 654M240 354C248 440 248 560 242 654', c);
}

export function hotWaterBottle(s: Sheet, c: Cloth): void {
  s.raw(
    `<path d="M-40 210L40 210L46 140C30 124 -30 124 -46 140Z" fill="${mix(dyes.Madder, INK, 0.15)}" stroke="${INK}" stroke-width="3"/><path d="M-24 128h48v-26h-48z" fill="${mix(dyes.Madder, INK, 0.3)}" stroke="${INK}" stroke-width="3"/>`,
  );
  s.piece(
    sym(
      'M0 330C60 330 70 322 76 306C160 316 204 370 206 470C210 600 210 720 190 820C160 868 80 872 0 872',
    ),
    { cloth: c },
  );
  s.both(() => {
    s.fold([196, 800], [176, 560], c, { bow: 8, width: -16 });
    s.fold([60, 330], [120, 400], c, { bow: 6, width: 12 });
    s.fold([20, 336], [40, 440], c, { bow: 4, width: 10 });
  });
  s.piece(sym('M0 168C50 164 84 168 96 180L78 306C60 326 30 330 0 330'), { cloth: as(c, 'rib') });
  s.piece(sym('M0 160C54 156 90 160 104 174L98 240C70 252 30 256 0 256'), {
    cloth: as(c, 'rib'),
    cast: 5,
  });
  const ribbon = 'M-80 306C-40 320 40 320 80 306';
  s.ink(ribbon, 16).line(ribbon, c.figure, 10);
  label(s, 820);
}

/** A patchwork quilt seen flat: squares of the two cloths, turned by turn. */
export function patchwork(s: Sheet, c: Cloth): void {
  const other: Cloth = { ...c, base: c.figure, weave: 'plain' };
  const third: Cloth = {
    ...c,
    base: mix(c.base, c.figure, 0.4),
    weave: 'dot',
    figure: mix(c.base, '#ffffff', 0.5),
  };
  s.piece(rounded(-276, 130, 552, 736, 10), { cloth: other });
  for (let row = 0; row < 5; row += 1) {
    for (let column = 0; column < 4; column += 1) {
      const [x, y] = [-252 + column * 126, 160 + row * 136];
      const patch = (row * 2 + column) % 3 === 0 ? third : (row + column) % 2 ? other : c;
      s.piece(`M${x} ${y}L${x + 126} ${y}L${x + 126} ${y + 136}L${x} ${y + 136}Z`, {
        cloth: patch,
        shade: 'flat',
        outline: 2,
      });
      s.stitch(
        `M${x + 63} ${y + 10}L${x + 116} ${y + 68}L${x + 63} ${y + 126}L${x + 10} ${y + 68}Z`,
        patch,
      );
    }
  }
  s.both(() => s.fold([262, 850], [200, 700], c, { bow: 12, width: 20 }));
  s.stitch(span('M0 138L268 138L268 858L0 858'), other);
}

export function towel(s: Sheet, c: Cloth): void {
  for (const [i, y] of [640, 500, 360].entries()) {
    const k = i * 8;
    s.piece(
      `M${-270 + k} ${y}C${-300 + k} ${y + 20} ${-300 + k} ${y + 130} ${-270 + k} ${y + 150}L${268 - k} ${y + 150}C${272 - k} ${y + 110} ${272 - k} ${y + 40} ${268 - k} ${y}Z`,
      { cloth: as(c, 'waffle'), cast: 8 },
    );
    s.seam(`M${-286 + k} ${y + 76}L${270 - k} ${y + 76}`, c, 2.4).shade(
      `M${-286 + k} ${y + 76}L${270 - k} ${y + 76}L${270 - k} ${y + 96}L${-286 + k} ${y + 96}Z`,
      0.12,
    );
    s.stitch(`M${-282 + k} ${y + 62}L${270 - k} ${y + 62}`, c);
    s.fold([-264 + k, y + 8], [-150, y + 20], c, { bow: 4, width: 10 });
  }
  const loop = 'M210 436C240 470 276 460 262 432';
  s.ink(loop, 10).line(loop, c.figure, 5);
}
