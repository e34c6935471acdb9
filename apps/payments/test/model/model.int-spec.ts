import { describe, expect, it } from '@jest/globals';
import { checkShop, nameTrace } from './check.ts';
import { shops } from './shops.ts';

const minutes = 60_000;

describe('the protocol of payments, in every state that it can come to', () => {
  let states = 0;

  it.each(shops)(
    'holds in $name: $what',
    (shop) => {
      const { explored, trace } = checkShop(shop, shop.maxStates);
      states += explored.states;
      const told = trace ? [nameTrace(shop.name, trace), ...trace.lines] : [];
      expect([explored.finding?.fault, ...told]).toEqual([undefined]);
      expect(explored.isComplete).toBe(true);
    },
    5 * minutes,
  );

  it('was looked at in more than a million states', () => {
    expect(states).toBeGreaterThan(1_000_000);
  });
});
