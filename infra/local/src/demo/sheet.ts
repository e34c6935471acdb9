import { grounds, INK, mix } from './cloth.ts';
import type { Cloth, Ground } from './cloth.ts';
import { bounds, lerp, mirror, move } from './path.ts';
import type { Point } from './path.ts';
import { drawWeave } from './weave.ts';

export interface Focus {
  readonly at: Point;
  readonly zoom: number;
}

/** What a drawing is printed on: its size as a picture, and in the units it is drawn in. */
export interface Format {
  readonly width: number;
  readonly height: number;
  readonly units: Point;
}

const portrait: Format = { width: 1280, height: 1600, units: [800, 1000] };

type Shade = 'body' | 'sleeve' | 'flat' | 'inside';

interface PieceOptions {
  readonly cloth: Cloth;
  /** Degrees that the grain of this piece leans from the vertical. */
  readonly grain?: number;
  readonly shade?: Shade;
  /** How far its shadow falls on the piece below. */
  readonly cast?: number;
  readonly outline?: number;
}

const f = (n: number): string => String(Math.round(n * 10) / 10);

const stop = (at: number, colour: string, opacity: number): string =>
  `<stop offset="${at}" stop-color="${colour}" stop-opacity="${opacity}"/>`;

const gradients =
  `<linearGradient id="body">${stop(0, INK, 0.2)}${stop(0.16, INK, 0.03)}${stop(0.32, '#ffffff', 0.07)}` +
  `${stop(0.5, '#ffffff', 0.02)}${stop(0.82, INK, 0.04)}${stop(1, INK, 0.24)}</linearGradient>` +
  `<linearGradient id="sleeve">${stop(0, INK, 0.3)}${stop(0.35, INK, 0.08)}${stop(0.7, '#ffffff', 0.07)}` +
  `${stop(1, INK, 0.12)}</linearGradient>` +
  `<linearGradient id="inside" x2="0" y2="1">${stop(0, INK, 0.22)}${stop(1, INK, 0.42)}</linearGradient>` +
  `<linearGradient id="flat" x2="1" y2="1">${stop(0, '#ffffff', 0.1)}${stop(0.5, '#ffffff', 0)}` +
  `${stop(1, INK, 0.12)}</linearGradient>`;

/** One drawing: pieces of cloth laid on tinted paper, in the order in which they were sewn on. */
export class Sheet {
  readonly #ground: string;
  readonly #focus: Focus;
  #layers: string[] = [];
  readonly #defs: string[] = [];
  readonly #grouped: string[] = [];
  #shadows: string[] = [];
  #ids = 0;
  #mirrored = false;

  constructor(ground: Ground, focus: Focus = { at: [0, 486], zoom: 1.06 }) {
    this.#ground = grounds[ground];
    this.#focus = focus;
  }

  /** A line's width on this drawing: a closer look shows finer lines. */
  pen(width: number): number {
    return width / this.#focus.zoom ** 0.55;
  }

  raw(markup: string): this {
    this.#layers.push(markup);
    return this;
  }

  /** A piece of cloth with its weave, shading and ink outline. */
  piece(d: string, options: PieceOptions): this {
    const { cloth, grain = 0, shade = 'body', cast = 0, outline = 3.4 } = options;
    this.#shadows.push(d);
    if (this.#mirrored) this.#shadows.push(mirror(d));
    if (cast > 0) this.raw(`<path d="${move(d, 0, cast)}" fill="${INK}" fill-opacity=".2"/>`);
    this.raw(`<path d="${d}" fill="${cloth.base}"/>`);
    this.#weave(d, cloth, grain);
    this.raw(`<path d="${d}" fill="url(#${shade})"/>`);
    return outline > 0 ? this.ink(d, outline) : this;
  }

  #weave(d: string, cloth: Cloth, grain: number): void {
    if (cloth.weave === 'plain') return;
    const box = bounds(d);
    const [cx, cy] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
    if (grain === 0) {
      this.within(d, drawWeave(cloth, box));
      return;
    }
    const lean = Math.abs(Math.sin((grain * Math.PI) / 180));
    const [w, h] = [(box.x1 - box.x0) / 2, (box.y1 - box.y0) / 2];
    const reach = { x: w + h * lean, y: h + w * lean };
    const turned = drawWeave(cloth, { x0: -reach.x, y0: -reach.y, x1: reach.x, y1: reach.y });
    const transform = `translate(${f(cx)} ${f(cy)}) rotate(${f(grain)})`;
    this.within(d, `<g transform="${transform}">${turned}</g>`);
  }

  /** An outline in the shop's ink. */
  ink(d: string, width = 3.4): this {
    return this.line(d, INK, width);
  }

  line(d: string, colour: string, width: number): this {
    return this.raw(
      `<path d="${d}" class="l" stroke="${colour}" stroke-width="${f(this.pen(width))}"/>`,
    );
  }

  /** A seam: a fine line in the cloth's own ink. */
  seam(d: string, cloth: Cloth, width = 2): this {
    return this.line(d, cloth.seam, width);
  }

  /** A row of stitches. */
  stitch(d: string, cloth: Cloth, width = 1.7): this {
    const dash = `${f(this.pen(7))} ${f(this.pen(4.4))}`;
    return this.raw(
      `<path d="${d}" class="l" stroke="${cloth.stitch}" stroke-width="${f(this.pen(width))}" stroke-dasharray="${dash}"/>`,
    );
  }

  /** A soft fold: a line that swells and dies away, with its shadow. `bow` bends it, `width` is the shadow's. */
  fold(from: Point, to: Point, cloth: Cloth, options: { bow?: number; width?: number } = {}): this {
    const { bow = 10, width = 12 } = options;
    const [mx, my] = lerp(from, to, 0.5);
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
    const normal: Point = [-(to[1] - from[1]) / length, (to[0] - from[0]) / length];
    const at = (k: number): string => `${f(mx + normal[0] * k)} ${f(my + normal[1] * k)}`;
    const [start, end] = [`${f(from[0])} ${f(from[1])}`, `${f(to[0])} ${f(to[1])}`];
    const lens = (a: number, b: number): string => `M${start}Q${at(a)} ${end}Q${at(b)} ${start}Z`;
    const thin = this.pen(3);
    return this.raw(
      `<path d="${lens(bow - thin, bow + width)}" fill="${INK}" fill-opacity=".13"/>` +
        `<path d="${lens(bow - thin / 2, bow + thin / 2)}" fill="${cloth.seam}" fill-opacity=".75"/>`,
    );
  }

  /** Markup cut off at the edge of a shape. */
  within(d: string, markup: string): this {
    const id = `c${(this.#ids += 1)}`;
    this.#defs.push(`<clipPath id="${id}"><path d="${d}"/></clipPath>`);
    return this.raw(`<g clip-path="url(#${id})">${markup}</g>`);
  }

  shade(d: string, opacity = 0.14): this {
    return this.raw(`<path d="${d}" fill="${INK}" fill-opacity="${opacity}"/>`);
  }

  /** What is drawn inside appears on both sides of the centre line. */
  both(draw: () => void): this {
    const outer = this.#layers;
    this.#layers = [];
    this.#mirrored = true;
    draw();
    this.#mirrored = false;
    const inner = this.#layers.join('');
    this.#layers = outer;
    const id = `b${(this.#ids += 1)}`;
    return this.raw(`<g id="${id}">${inner}</g><use href="#${id}" transform="scale(-1 1)"/>`);
  }

  /** What is drawn inside is laid elsewhere, or turned, as one thing. */
  group(transform: string, draw: () => void): this {
    const [outer, shadows] = [this.#layers, this.#shadows];
    this.#layers = [];
    this.#shadows = [];
    draw();
    const [inner, own] = [
      this.#layers.join(''),
      this.#shadows.map((d) => `<path d="${d}"/>`).join(''),
    ];
    this.#layers = outer;
    this.#shadows = shadows;
    this.#grouped.push(`<g transform="${transform}">${own}</g>`);
    return this.raw(`<g transform="${transform}">${inner}</g>`);
  }

  svg(format: Format = portrait): string {
    const { at, zoom } = this.#focus;
    const [w, h] = [format.units[0] / zoom, format.units[1] / zoom];
    const box = [at[0] - w / 2, at[1] - h / 2, w, h].map(f);
    const shadow = mix(this.#ground, INK, 0.16);
    const drop = this.#shadows.map((d) => `<path d="${d}"/>`).join('') + this.#grouped.join('');
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${format.width}" height="${format.height}" viewBox="${box.join(' ')}">` +
      `<style>.l{fill:none;stroke-linecap:round;stroke-linejoin:round}</style>` +
      `<defs>${gradients}${this.#defs.join('')}</defs>` +
      `<rect x="${box[0]}" y="${box[1]}" width="${box[2]}" height="${box[3]}" fill="${this.#ground}"/>` +
      `<g fill="${shadow}" transform="translate(9 13)">${drop}</g>${this.#layers.join('')}</svg>`
    );
  }
}
