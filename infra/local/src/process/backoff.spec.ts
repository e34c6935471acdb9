import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { restartDelay } from './backoff.ts';

describe('the wait before a restart', () => {
  it('doubles from a fifth of a second up to ten seconds', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((deaths) => restartDelay(deaths, () => 1));
    expect(longest).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  });

  it('is at random between half and all of it', () => {
    const anyDraw = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), anyDraw, (deaths, draw) => {
        const whole = restartDelay(deaths, () => 1);
        const delay = restartDelay(deaths, () => draw);
        expect(delay).toBeGreaterThanOrEqual(whole / 2);
        expect(delay).toBeLessThanOrEqual(whole);
      }),
    );
  });
});
