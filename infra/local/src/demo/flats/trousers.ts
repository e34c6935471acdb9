import type { Cloth } from '../cloth.ts';
import { rect, span, sym } from '../path.ts';
import type { Sheet } from '../sheet.ts';
import { button, pocket } from '../trims.ts';

export interface TrouserStyle {
  readonly leg: 'straight' | 'wide' | 'tapered' | 'short';
  readonly waist: 'button' | 'drawstring';
  readonly pockets: 'slant' | 'jeans' | 'patch';
  readonly pleats?: number;
  readonly turnUp?: number;
}

interface Leg {
  readonly outer: number;
  readonly inner: number;
  readonly hem: number;
  readonly hip: number;
}

const legs: Record<TrouserStyle['leg'], Leg> = {
  straight: { outer: 184, inner: 46, hem: 884, hip: 174 },
  wide: { outer: 224, inner: 26, hem: 872, hip: 184 },
  tapered: { outer: 160, inner: 52, hem: 876, hip: 174 },
  short: { outer: 206, inner: 22, hem: 630, hip: 178 },
};

const TOP = 148;

function legPath({ outer, inner, hem, hip }: Leg): string {
  const knee = TOP + (hem - TOP) * 0.6;
  return sym(
    `M0 ${TOP}L132 ${TOP}C140 ${TOP + 60} ${hip - 8} ${TOP + 120} ${hip} ${TOP + 190}` +
      `C${hip + 8} ${knee} ${outer} ${knee + 40} ${outer} ${hem}L${inner} ${hem + 4}` +
      `C${inner - 4} ${hem - (hem - TOP) * 0.36} 16 ${TOP + 400} 0 ${TOP + 286}`,
  );
}

function folds(s: Sheet, c: Cloth, { outer, inner, hem, hip }: Leg): void {
  const crotch = TOP + 286;
  s.fold([8, crotch - 6], [74, crotch - 44], c, { bow: -8, width: 13 });
  s.fold([12, crotch + 22], [84, crotch + 14], c, { bow: -8, width: 10 });
  s.fold([hip - 8, crotch - 60], [hip - 66, crotch - 30], c, { bow: -7, width: 10 });
  if (hem < 700) return;
  const mid = (outer + inner) / 2;
  s.line(
    `M${mid - 4} ${hem - 12}C${mid} ${hem - 200} ${mid - 16} ${crotch + 120} ${mid - 34} ${crotch - 20}`,
    c.seam,
    1.4,
  );
  s.fold([inner - 4, hem - 250], [inner + 44, hem - 272], c, { bow: -5, width: 9 });
  s.fold([outer - 5, hem - 232], [outer - 46, hem - 216], c, { bow: -5, width: 8 });
  s.fold([outer - 6, hem - 74], [outer - 40, hem - 60], c, { bow: -5, width: 9 });
  s.fold([inner + 4, hem - 50], [inner + 36, hem - 62], c, { bow: -4, width: 8 });
}

function waistband(s: Sheet, c: Cloth, style: TrouserStyle, side: 'front' | 'back'): void {
  const y = TOP - 34;
  if (side === 'front') {
    s.piece(sym(`M0 ${y - 8}L128 ${y}L130 ${y + 26}L0 ${y + 18}`), {
      cloth: c,
      shade: 'inside',
      outline: 2.6,
    });
  }
  const dip = side === 'front' ? 8 : -4;
  s.piece(
    sym(
      `M0 ${y + dip}C50 ${y + dip} 90 ${y + 2} 129 ${y}L133 ${TOP}C90 ${TOP + 4} 50 ${TOP + dip} 0 ${TOP + dip}`,
    ),
    {
      cloth: c,
      shade: 'body',
      outline: 3,
    },
  );
  if (style.waist === 'drawstring') {
    const gathers = [14, 34, 56, 76, 96, 116]
      .map((x) => `M${x} ${y + 8}L${x + 1} ${TOP - 1}`)
      .join('');
    s.seam(span(gathers), c, 1.4).stitch(span(`M0 ${y + 17 + dip}L130 ${y + 14}`), c);
    if (side === 'front') drawstring(s, c);
    return;
  }
  s.stitch(span(`M2 ${y + dip + 6}L125 ${y + 6}M2 ${TOP + dip - 6}L128 ${TOP - 5}`), c);
  const loops = side === 'front' ? [70, 118] : [0, 78, 120];
  s.both(() => {
    for (const x of loops)
      s.piece(rect(x - 5, y - 3, 10, 42 + dip * 0.4), { cloth: c, shade: 'flat', outline: 2.2 });
  });
  if (side === 'front') {
    s.line(`M4 ${y + dip}L4 ${TOP + dip}`, c.seam, 2);
    button(s, [14, TOP - 12], c, 8);
  }
}

function drawstring(s: Sheet, c: Cloth): void {
  const y = TOP - 14;
  const cord = `M-7 ${y}C-34 ${y + 50} -24 ${y + 90} -30 ${y + 128}M7 ${y}C26 ${y + 46} 18 ${y + 96} 26 ${y + 116}M-7 ${y}C-30 ${y + 20} -36 ${y - 2} 0 ${y + 10}C36 ${y - 2} 30 ${y + 20} 7 ${y}`;
  s.ink(cord, 8).line(cord, c.stitch, 4.4);
}

function frontPockets(s: Sheet, c: Cloth, style: TrouserStyle, leg: Leg): void {
  const hip = leg.hip;
  s.both(() => {
    if (style.pockets === 'jeans') {
      s.seam(`M66 ${TOP + 4}C70 ${TOP + 56} 104 ${TOP + 76} ${hip - 18} ${TOP + 78}`, c, 2.4);
      s.stitch(`M60 ${TOP + 6}C64 ${TOP + 64} 100 ${TOP + 84} ${hip - 16} ${TOP + 86}`, c);
    } else if (style.pockets === 'slant') {
      s.seam(`M88 ${TOP + 4}L${hip - 10} ${TOP + 138}`, c, 2.4);
      s.stitch(`M81 ${TOP + 5}L${hip - 15} ${TOP + 142}`, c);
    }
  });
  if (style.pockets === 'patch') {
    for (const x of [46, -138]) pocket(s, c, { x, y: TOP + 72, w: 92, h: 112, point: 0, band: 18 });
  }
}

function fly(s: Sheet, c: Cloth, style: TrouserStyle): void {
  s.seam(`M0 ${TOP + 8}L0 ${TOP + 286}`, c, 2.2);
  if (style.waist === 'drawstring') return;
  s.stitch(`M30 ${TOP + 8}L30 ${TOP + 118}C30 ${TOP + 146} 16 ${TOP + 156} 3 ${TOP + 162}`, c);
  if (style.pockets === 'jeans') {
    s.stitch(`M36 ${TOP + 8}L36 ${TOP + 120}C36 ${TOP + 152} 18 ${TOP + 164} 3 ${TOP + 170}`, c);
  }
}

function hems(s: Sheet, c: Cloth, style: TrouserStyle, leg: Leg): void {
  const { outer, inner, hem } = leg;
  s.both(() => {
    if (style.turnUp) {
      const d = `M${outer + 3} ${hem - style.turnUp}L${outer + 3} ${hem + 2}L${inner - 4} ${hem + 6}L${inner - 4} ${hem + 4 - style.turnUp}Z`;
      s.piece(d, { cloth: c, shade: 'flat', cast: -4, outline: 3 });
    } else {
      s.stitch(`M${outer - 1} ${hem - 18}L${inner + 1} ${hem - 14}`, c);
    }
    if (style.pockets === 'jeans') {
      s.stitch(
        `M${leg.hip - 6} ${TOP + 190}C${leg.hip + 2} ${TOP + 400} ${outer - 8} ${hem - 250} ${outer - 8} ${hem - 20}`,
        c,
      );
    }
  });
}

export function trousersFront(s: Sheet, c: Cloth, style: TrouserStyle): void {
  const leg = legs[style.leg];
  s.piece(legPath(leg), { cloth: c });
  s.both(() => {
    folds(s, c, leg);
    for (let i = 0; i < (style.pleats ?? 0); i += 1) {
      const x = 56 + i * 26;
      s.fold([x, TOP + 4], [x + 10, TOP + 150 - i * 40], c, { bow: 0, width: 9 });
    }
  });
  frontPockets(s, c, style, leg);
  fly(s, c, style);
  hems(s, c, style, leg);
  waistband(s, c, style, 'front');
}

export function trousersBack(s: Sheet, c: Cloth, style: TrouserStyle): void {
  const leg = legs[style.leg];
  s.piece(legPath(leg), { cloth: c });
  s.both(() => {
    folds(s, c, leg);
    if (style.pockets === 'jeans') {
      s.seam(`M0 ${TOP + 66}L${leg.hip - 28} ${TOP + 44}`, c, 2.4).stitch(
        `M0 ${TOP + 74}L${leg.hip - 26} ${TOP + 52}`,
        c,
      );
    } else {
      s.fold([62, TOP + 4], [66, TOP + 78], c, { bow: 0, width: 8 });
    }
  });
  s.seam(`M0 ${TOP}L0 ${TOP + 286}`, c, 2.2).stitch(`M7 ${TOP + 4}L7 ${TOP + 262}`, c);
  for (const x of [36, -128])
    pocket(s, c, { x, y: TOP + 100, w: 92, h: 96, point: style.pockets === 'jeans' ? 16 : 0 });
  hems(s, c, style, leg);
  waistband(s, c, style, 'back');
}
