import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker, CircuitOpen } from './circuit-breaker.ts';

const fail = (): Promise<never> => Promise.reject(new Error('no answer'));
const always = (): boolean => true;

describe('a circuit breaker', () => {
  it('opens after failures in a row, tries once after a pause, and closes on success', async () => {
    let now = 0;
    const breaker = new CircuitBreaker({ failures: 3, pauseMs: 100, now: () => now });
    for (let i = 0; i < 3; i += 1) await expect(breaker.run(fail, always)).rejects.toThrow('no');
    expect(breaker.isOpen()).toBe(true);
    await expect(breaker.run(fail, always)).rejects.toThrow(CircuitOpen);
    now = 100;
    const gate = Promise.withResolvers<string>();
    const trying = breaker.run(() => gate.promise, always);
    await expect(breaker.run(fail, always)).rejects.toThrow(CircuitOpen);
    gate.resolve('back');
    expect(await trying).toBe('back');
    expect(breaker.isOpen()).toBe(false);
  });

  it('does not count refusals, which are answers', async () => {
    const breaker = new CircuitBreaker({ failures: 2 });
    for (let i = 0; i < 5; i += 1) await expect(breaker.run(fail, () => false)).rejects.toThrow();
    expect(breaker.isOpen()).toBe(false);
  });
});
