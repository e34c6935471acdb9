import { describe, expect, it } from '@jest/globals';
import { parseIfMatch } from './precondition.ts';

describe('If-Match', () => {
  it.each([
    [undefined, undefined],
    ['*', 'exists'],
    ['"7"', { versions: [7] }],
    ['"7-aZ_-9", "8"', { versions: [7, 8] }],
  ])('%p asks for %p', (header, precondition) => {
    expect(parseIfMatch(header)).toEqual(precondition);
  });

  it.each(['7', 'W/"7"', '"x"', '', '"0"', '"7'])('%p is refused', (header) => {
    expect(() => parseIfMatch(header)).toThrow('If-Match must be the ETag of a product');
  });
});
