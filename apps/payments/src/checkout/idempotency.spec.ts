import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderTokens } from '../orders/order-token.ts';
import { parseIdempotencyKey, toFingerprint, toScope, tokenSlot } from './idempotency.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, shuffled(member)]),
  );
};

describe('a fingerprint', () => {
  it('is the same however the members of a body are ordered', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const other = toFingerprint('POST /orders', shuffled(body));
        expect(toFingerprint('POST /orders', body).equals(other)).toBe(true);
      }),
    );
  });

  it('differs for bodies that differ, and for routes that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = JSON.stringify(shuffled(a)) === JSON.stringify(shuffled(b));
        if (isSame) return;
        const [first, second] = [toFingerprint('r', a), toFingerprint('r', b)];
        expect(first.equals(second)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect(toFingerprint('a', {}).equals(toFingerprint('b', {}))).toBe(false);
  });
});

describe('an idempotency key', () => {
  it('may be quoted, as the draft standard has it', () => {
    expect(parseIdempotencyKey('"8e03978e"')).toBe('8e03978e');
    expect(parseIdempotencyKey('8e03978e')).toBe('8e03978e');
  });

  it('is in the scope of who sent it, whose token cannot be read from it', () => {
    expect(toScope('POST /orders', undefined)).toBe('POST /orders');
    const scope = toScope('POST /orders', 'Bearer secret');
    expect(scope).not.toBe(toScope('POST /orders', 'Bearer other'));
    expect(scope).not.toContain('secret');
  });
});

describe('an order’s token', () => {
  const tokens = new OrderTokens('a secret that is long enough for this test');

  it('is put into the stored answer where it belongs, whatever else stands there', () => {
    fc.assert(
      fc.property(fc.string(), fc.uuid(), (title, id) => {
        const body = JSON.stringify({ id, token: '', lines: [{ title }, { title: tokenSlot }] });
        const sent = JSON.parse(tokens.fill(body, id)) as { token: string; lines: unknown };
        expect(sent.token).toBe(tokens.tokenOf(id));
        expect(sent.lines).toEqual([{ title }, { title: tokenSlot }]);
      }),
    );
  });
});
