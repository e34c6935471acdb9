import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { demoGoods } from './goods.ts';
import { PICTURE, rasterise } from './picture.ts';
import { STORY, storySvg } from './story.ts';

const pictures = demoGoods.flatMap((product) => product.pictures);

/** Finds a tag that is left open, closed twice or crossed, and numbers that were never numbers. */
function faultIn(svg: string): string | undefined {
  const open: string[] = [];
  for (const [tag, closing, name = '', rest = ''] of svg.matchAll(/<(\/?)([a-zA-Z]+)([^<>]*)>/g)) {
    if (closing === '/') {
      if (open.pop() !== name) return tag;
    } else if (!rest.endsWith('/')) open.push(name);
  }
  if (open.length > 0) return `<${open.join('><')}> left open`;
  if (/NaN|undefined|Infinity/.test(svg)) return 'a number that is none';
  const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  if (new Set(ids).size !== ids.length) return 'an id used twice';
  return /<text|font|<image|<script/.test(svg) ? 'something that differs by machine' : undefined;
}

describe('the pictures of the demo goods', () => {
  it('are well-formed drawings without text', () => {
    const faults = pictures
      .map(({ key, svg }) => [key, faultIn(svg())])
      .filter(([, fault]) => fault);
    expect(faults).toEqual([]);
    expect(faultIn(storySvg())).toBeUndefined();
  });

  it('are drawn the same each time', () => {
    for (const { svg } of pictures) expect(svg() === svg()).toBe(true);
    expect(storySvg() === storySvg()).toBe(true);
  });

  it('show different things', () => {
    const drawings = new Set(pictures.map(({ svg }) => svg()));
    expect(drawings.size).toBe(pictures.length);
  });

  it('are small enough to be drawn quickly', () => {
    for (const { key, svg } of pictures) expect([key, svg().length < 120_000]).toEqual([key, true]);
  });

  it('become photos of one size, in the same bytes each time', async () => {
    const svg = pictures[0]?.svg() ?? '';
    const [bytes, again] = [await rasterise(svg), await rasterise(svg)];
    const { width, height, format } = await sharp(bytes).metadata();
    expect({ width, height, format }).toEqual({ ...PICTURE, format: 'jpeg' });
    expect(bytes.equals(again)).toBe(true);
  });

  it('include a story as wide as the home page', async () => {
    const { width, height } = await sharp(await rasterise(storySvg())).metadata();
    expect({ width, height }).toEqual({ width: STORY.width, height: STORY.height });
  });
});
