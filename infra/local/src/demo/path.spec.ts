import { describe, expect, it } from '@jest/globals';
import { bounds, mirror, move, sym } from './path.ts';

describe('paths', () => {
  it('closes a half with its mirror image, walking back to where it began', () => {
    expect(sym('M0 10L40 20C50 30 60 40 0 90')).toBe(
      'M0 10L40 20C50 30 60 40 0 90C-60 40 -50 30 -40 20L0 10Z',
    );
  });

  it('mirrors twice into the same path', () => {
    const d = 'M0 10Q40 20 12 30.5L-7 2Z';
    expect(mirror(mirror(d))).toBe(d);
  });

  it('moves every point and measures a box around them', () => {
    expect(bounds(move('M0 0L10 0L10 20L0 20Z', 5, -5))).toEqual({ x0: 5, y0: -5, x1: 15, y1: 15 });
  });
});
