import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.ts';

describe('taking turns', () => {
  it('is one after the other for the same thing, and at once for others', async () => {
    const turns = new Turns();
    const said: string[] = [];
    const work = (name: string, ms: number) => async () => {
      said.push(`${name} begins`);
      await sleep(ms);
      said.push(`${name} ends`);
    };
    await Promise.all([
      turns.take(['a', 'b'], work('first', 20)),
      turns.take(['b', 'c'], work('second', 1)),
      turns.take(['d'], work('other', 1)),
    ]);
    expect(said.indexOf('second begins')).toBeGreaterThan(said.indexOf('first ends'));
    expect(said.indexOf('other ends')).toBeLessThan(said.indexOf('first ends'));
  });

  it('goes on to the next when one fails, which only its own caller hears of', async () => {
    const turns = new Turns();
    const failed = turns.take(['a'], () => Promise.reject(new Error('no')));
    const next = turns.take(['a'], async () => {});
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBeUndefined();
  });
});
