import { describe, expect, it } from '@jest/globals';
import {
  median,
  mergeRounds,
  pairedRatio,
  parseMegabytes,
  parseStat,
  percentile,
  totalCpuMs,
  observedSince,
  upperBounds,
  type Round,
} from './numbers.ts';

const round = (over: Partial<Round>): Round => ({
  rate: 100,
  p50: 1,
  p99: 2,
  cpuMs: { catalog: 1 },
  generatorCpuMs: 0.1,
  operations: 10,
  failures: [],
  ...over,
});

describe('the observations of a histogram', () => {
  it('count as the bounds of their buckets', () => {
    const text = [
      'a_bucket{le="0.5",copy="x"} 2',
      'a_bucket{le="1",copy="x"} 3',
      'a_bucket{le="+Inf",copy="x"} 4',
      'a_bucket{le="0.5",copy="y"} 9',
      'a_sum{copy="x"} 5',
    ].join('\n');
    expect(upperBounds(text, 'a', 'copy="x"')).toEqual([0.5, 0.5, 1, Infinity]);
    expect(observedSince([0.5, 1], upperBounds(text, 'a', 'copy="x"'))).toEqual([0.5, Infinity]);
  });
});

describe('percentiles', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  it('are values that were measured, whatever their order', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('of nothing are no number', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('leave a median in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe('a line of /proc', () => {
  it('tells CPU time, of ended children too, whatever the process is called', () => {
    const line = `42 (a (b) c d) S 7 42 42 0 -1 4194304 900 0 0 0 150 50 20 5 20 0 11 0 1 2 3`;
    expect(parseStat(line)).toEqual({ parent: 7, cpuMs: 2250 });
  });

  it('is refused if it is another', () => {
    expect(() => parseStat('42 (node) S 7')).toThrow('not a stat line');
  });

  it('tells memory in megabytes', () => {
    const text = 'Name:\tnode\nVmHWM:\t  999 kB\nVmRSS:\t  143360 kB\n';
    expect(parseMegabytes(text, 'VmRSS')).toBe(140);
    expect(parseMegabytes(text, 'Pss')).toBeNaN();
  });
});

describe('rounds', () => {
  it('are merged number by number, and lose no failure', () => {
    const merged = mergeRounds([
      round({ rate: 90, cpuMs: { catalog: 3, postgres: 1 }, failures: ['503'] }),
      round({ rate: 110, cpuMs: { catalog: 2, postgres: 5 } }),
      round({ rate: 10, cpuMs: { catalog: 9, postgres: 2 } }),
    ]);
    expect(merged).toMatchObject({
      rate: 90,
      cpuMs: { catalog: 3, postgres: 2 },
      operations: 30,
      failures: ['503'],
    });
    expect(totalCpuMs(merged)).toBe(5);
  });

  it('are compared with their neighbours, so that a slow minute counts for both', () => {
    const subjects = [round({ rate: 60 }), round({ rate: 6 })];
    const floors = [round({ rate: 100 }), round({ rate: 10 })];
    expect(pairedRatio(subjects, floors)).toBeCloseTo(0.6);
  });
});
