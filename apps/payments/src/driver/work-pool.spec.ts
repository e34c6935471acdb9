import { describe, expect, it } from '@jest/globals';
import { WorkPool } from './work-pool.ts';

describe('a work pool', () => {
  it('runs so many at once, none twice at a time, and drains', async () => {
    const pool = new WorkPool(3);
    let [active, most, runs] = [0, 0, 0];
    const job = async (): Promise<void> => {
      active += 1;
      runs += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setTimeout(resolve, 1));
      active -= 1;
    };
    for (let i = 0; i < 20; i += 1) {
      pool.add(`job ${i}`, job);
      pool.add(`job ${i}`, job);
    }
    await pool.drain();
    expect([most, runs, active]).toEqual([3, 20, 0]);
  });
});
