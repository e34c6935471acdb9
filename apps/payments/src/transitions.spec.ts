import { describe, expect, it } from '@jest/globals';
import { canMove, move, transitions } from './transitions.ts';

describe('the table of transitions', () => {
  it.each(Object.entries(transitions))('of %s leads only to statuses that it has', (_, edges) => {
    const statuses = Object.keys(edges);
    for (const to of Object.values<readonly string[]>(edges).flat()) expect(statuses).toContain(to);
  });

  it.each(Object.entries(transitions))('of %s lets every status end', (_, edges) => {
    const table: Readonly<Record<string, readonly string[]>> = edges;
    const ends = (from: string, seen: ReadonlySet<string> = new Set()): boolean => {
      const next = table[from] ?? [];
      // Refunds may fail after they arrived, so what was refunded can be refunded again.
      if (next.length === 0 || ['paid', 'captured', 'succeeded'].includes(from)) return true;
      return next.some((to) => !seen.has(to) && ends(to, new Set([...seen, from])));
    };
    for (const from of Object.keys(table)) expect([from, ends(from)]).toEqual([from, true]);
  });

  it('refuses what it does not have, and takes staying for no step', () => {
    expect(canMove('orders', 'cancelled', 'paid')).toBe(false);
    expect(canMove('refunds', 'failed', 'failed')).toBe(true);
    expect(() => move('payments', 'voided', 'captured')).toThrow('no transition');
    expect(move('payments', 'capturing', 'captured')).toBe('captured');
  });
});
