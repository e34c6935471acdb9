import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foreignKindOf, pictureFormatOf } from './picture-format.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the format of a picture', () => {
  it.each([
    ['\xff\xd8\xff\xe0', 'jpeg'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'webp'],
    ['GIF89a', 'gif'],
    ['\0\0\0\x1cftypavif\0\0\0\0mif1avif', 'avif'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1avif', 'avif'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', undefined],
    ['RIFF\0\0\0\0WAVE', undefined],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', undefined],
    ['', undefined],
  ])('is read from its first bytes (%j)', (start, format) => {
    expect(pictureFormatOf(bytes(start))).toBe(format);
  });

  it.each([
    ['<svg width="1"/>', 'SVG or XML'],
    ['\n<?xml version="1.0"?><svg/>', 'SVG or XML'],
    ['\xef\xbb\xbf<svg/>', 'SVG or XML'],
    ['II*\0', 'TIFF'],
    ['%PDF-1.7', 'PDF'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC or a film'],
    ['hello', undefined],
  ])('that is not taken has a name (%j)', (start, name) => {
    expect(foreignKindOf(bytes(start))).toBe(name);
  });

  it('can be asked of any bytes, in any part of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (any, offset) => {
        const part = new Uint8Array(any.length + offset);
        part.set(any, offset);
        expect(pictureFormatOf(part.subarray(offset))).toBe(pictureFormatOf(any));
        expect(foreignKindOf(part.subarray(offset))).toBe(foreignKindOf(any));
      }),
    );
  });
});
