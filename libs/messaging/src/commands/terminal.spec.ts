import { describe, expect, it } from '@jest/globals';
import { toAge, toTable } from './terminal.ts';

describe('a table', () => {
  it('has columns as wide as what is in them, numbers to the right, and no space at the end', () => {
    const rows = [
      ['cart', 7, 'waits'],
      ['payments', 1200, ''],
    ];
    expect(toTable(['GROUP', 'BEHIND', 'WHY'], rows)).toEqual([
      'GROUP     BEHIND  WHY',
      'cart           7  waits',
      'payments    1200',
    ]);
  });

  it('cuts what is too long, but for what stands last', () => {
    const long = 'x'.repeat(60);
    const [, line = ''] = toTable(['KEY', 'REASON'], [[long, long]]);
    expect(line).toBe(`${'x'.repeat(47)}…  ${long}`);
  });
});

describe('an age', () => {
  it('is told as a person would', () => {
    const now = new Date('2026-11-24T12:00:00Z');
    const ago = (seconds: number) => toAge(new Date(now.getTime() - seconds * 1000), now);
    expect([0, 90, 120, 7199, 7200, 172_800, -5].map(ago)).toEqual([
      '0 s',
      '90 s',
      '2 min',
      '119 min',
      '2 h',
      '2 d',
      '0 s',
    ]);
  });
});
