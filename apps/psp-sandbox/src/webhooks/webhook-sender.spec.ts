import { describe, expect, it } from '@jest/globals';
import { retryDelayMs } from './webhook-sender.ts';

describe('the time between attempts', () => {
  it('doubles from half a second, and is never more than a minute', () => {
    expect([1, 2, 3, 4, 8, 9, 5000].map(retryDelayMs)).toEqual([
      500, 1000, 2000, 4000, 60_000, 60_000, 60_000,
    ]);
  });
});
