import { imageFormats, imageWidths } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  derivativeKey,
  derivativesOfStage,
  entityTag,
  originalKey,
  parseDerivative,
  stageCount,
} from './derivative.ts';

const id = 'a'.repeat(32);

describe('a derivative’s URL', () => {
  it('names one of the widths and formats, and nothing else', () => {
    for (const width of imageWidths) {
      for (const format of imageFormats) {
        expect(parseDerivative(id, `${width}.${format}`)).toEqual({ id, width, format });
      }
    }
    for (const file of ['333.avif', '320.png', '320', '320.avif2', '0320.avif', '1e3.webp', '']) {
      expect(parseDerivative(id, file)).toBeUndefined();
    }
  });

  it('cannot lead out of the store', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (any, file) => {
        const parsed = parseDerivative(any, file);
        expect(parsed === undefined || /^[0-9a-f]{32}$/.test(parsed.id)).toBe(true);
      }),
    );
    expect(parseDerivative('../../etc/passwd', '320.avif')).toBeUndefined();
  });

  it('has a key and a tag of its own', () => {
    const all = imageWidths.flatMap((width) =>
      imageFormats.map((format) => ({ id, width, format })),
    );
    expect(new Set(all.map(derivativeKey)).size).toBe(all.length);
    expect(new Set(all.map(entityTag)).size).toBe(all.length);
    expect(all.map(derivativeKey)).not.toContain(originalKey(id));
  });
});

describe('what is made in advance', () => {
  const files = (width: number): string[] =>
    Array.from({ length: stageCount }, (_, stage) => derivativesOfStage(id, width, stage))
      .flat()
      .map((each) => `${each.width}.${each.format}`);

  it('is every derivative of a large picture once, what lists show first', () => {
    expect(files(2000)).toHaveLength(imageWidths.length * imageFormats.length);
    expect(new Set(files(2000)).size).toBe(15);
    expect(files(2000).slice(0, 4)).toEqual(['320.webp', '320.avif', '640.webp', '640.avif']);
  });

  it('of a small picture is nothing that would be the same again', () => {
    expect(files(400).toSorted()).toEqual(
      [160, 320, 640]
        .flatMap((width) => imageFormats.map((format) => `${width}.${format}`))
        .toSorted(),
    );
    expect(files(1)).toHaveLength(3);
  });
});
