import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DueQueue } from './due-queue.ts';

describe('the queue of what is due', () => {
  it('gives the earliest first, and of those at one time the first that came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (dues) => {
        const queue = new DueQueue<readonly [number, number]>();
        for (const [i, due] of dues.entries()) queue.push([due, i], due);
        const taken: (readonly [number, number])[] = [];
        for (let item = queue.popDue(20); item; item = queue.popDue(20)) taken.push(item);
        const wanted = dues.map((due, i) => [due, i] as const);
        expect(taken).toEqual(wanted.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
    );
  });

  it('gives nothing before its time', () => {
    const queue = new DueQueue<string>();
    queue.push('later', 10);
    expect(queue.popDue(9)).toBeUndefined();
    expect(queue.nextDue()).toBe(10);
    expect(queue.popDue(10)).toBe('later');
    expect(queue.nextDue()).toBeUndefined();
  });
});
