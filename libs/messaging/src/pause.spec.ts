import { describe, expect, it } from '@jest/globals';
import { Pause } from './pause.ts';

const time = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

describe('a pause', () => {
  it('ends by itself, without gathering, when nobody wakes it', async () => {
    const took = await time(() => new Pause().sleep(20, { gatherMs: 5000 }));
    expect(took).toBeGreaterThanOrEqual(19);
    expect(took).toBeLessThan(2000);
  });

  it('remembers a wake-up that came before', async () => {
    const pause = new Pause();
    pause.wake();
    expect(await time(() => pause.sleep(5000))).toBeLessThan(2000);
  });

  it('goes on a little once woken, and has then answered what woke it meanwhile', async () => {
    const pause = new Pause();
    setTimeout(() => pause.wake(), 5);
    setTimeout(() => pause.wake(), 30);
    const took = await time(() => pause.sleep(5000, { gatherMs: 60 }));
    expect(took).toBeGreaterThanOrEqual(59);
    expect(took).toBeLessThan(2500);
    expect(await time(() => pause.sleep(30))).toBeGreaterThanOrEqual(29);
  });
});
