import { describe, expect, it } from '@jest/globals';
import { type Call, Faults } from './faults.ts';
import { planSchema } from './plan.ts';

const call = (fields: Partial<Call> = {}): Call => ({
  method: 'POST',
  path: '/v1/payment_intents/pi_1/confirm',
  key: 'cf:1:1',
  metadata: () => ({ order_id: '7' }),
  ...fields,
});
const faultsOf = (plan: object): Faults => {
  const faults = new Faults();
  faults.set(planSchema.parse(plan));
  return faults;
};

describe('faults', () => {
  it.each([
    [{}, true],
    [{ method: 'GET' }, false],
    [{ path: '/v1/payment_intents' }, true],
    [{ path: '/v1/refunds' }, false],
    [{ path: '^/v1/payment_intents/[^/]+/confirm$' }, true],
    [{ path: '^/v1/payment_intents/[^/]+/capture$' }, false],
    [{ key: 'cf:' }, true],
    [{ key: 'cap:' }, false],
    [{ metadata: { order_id: '7' } }, true],
    [{ metadata: { order_id: '8' } }, false],
  ])('strike what matches %j: %s', (match, isHit) => {
    const faults = faultsOf({ rules: [{ match, fault: 'lost_reply' }] });
    expect(faults.strike(call()) !== undefined).toBe(isHit);
  });

  it('end after their times, and the next rule has its turn', () => {
    const faults = faultsOf({
      rules: [
        { fault: 'lost_reply', times: 2 },
        { fault: 'rate_limit', times: 1 },
      ],
    });
    const struck = [1, 2, 3, 4].map(() => faults.strike(call())?.fault);
    expect(struck).toEqual(['lost_reply', 'lost_reply', 'rate_limit', undefined]);
    expect(faults.report()).toMatchObject({ rules: [{ fired: 2 }, { fired: 1 }] });
  });

  it('strike the same requests when the seed is the same', () => {
    const plan = { seed: 42, rules: [{ fault: 'lost_reply', probability: 0.3 }] };
    const run = (): boolean[] => {
      const faults = faultsOf(plan);
      return Array.from({ length: 200 }, () => faults.strike(call()) !== undefined);
    };
    const struck = run();
    expect(run()).toEqual(struck);
    expect(struck.filter(Boolean).length).toBeGreaterThan(30);
    expect(struck.filter(Boolean).length).toBeLessThan(90);
  });

  it.each([
    [{ rules: [{ fault: 'explode' }] }],
    [{ rules: [{ fault: 'delay' }] }],
    [{ rules: [{ fault: 'lost_reply', probability: 2 }] }],
    [{ rules: [{ fault: 'lost_reply', match: { path: '^(' } }] }],
    [{ webhooks: { drop: 7 } }],
    [{ other: 1 }],
  ])('refuse a plan such as %j', (plan) => {
    expect(planSchema.safeParse(plan).success).toBe(false);
  });
});
