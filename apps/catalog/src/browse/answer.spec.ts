import { describe, expect, it } from '@jest/globals';
import { isHeld, toAnswer } from './answer.ts';

describe('an answer', () => {
  const at = (asOf: string, json = '{"total":1}') =>
    toAnswer({ json, asOf: new Date(asOf), stockFrom: 0 });

  it('says when it was true', () => {
    expect(JSON.parse(at('2026-01-01T00:00:00Z').body.toString())).toEqual({
      total: 1,
      asOf: '2026-01-01T00:00:00.000Z',
    });
  });

  it('has the same ETag as an equal one of another time, and no other', () => {
    const [first, later] = [at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:09Z')];
    expect(later.etag).toBe(first.etag);
    expect(at('2026-01-01T00:00:00Z', '{"total":2}').etag).not.toBe(first.etag);
  });

  it('has the same ETag whenever its copies were known to be right, whatever a merchant writes', () => {
    const json = (time: string, title: string): string =>
      JSON.stringify({ title, availability: { state: 'in_stock', asOf: time } });
    const etag = (...parts: [string, string]): string =>
      at('2026-01-01T00:00:00Z', json(...parts)).etag;
    expect(etag('12:00', 'Shirt')).toBe(etag('12:01', 'Shirt'));
    const odd = (word: string): string => `"asOf":"${word}"`;
    expect(etag('12:00', odd('a'))).not.toBe(etag('12:00', odd('b')));
  });

  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b"', false],
    [undefined, false],
  ])('is held by who sends %p: %p', (header, held) => {
    expect(isHeld(header, '"a"')).toBe(held);
  });
});
