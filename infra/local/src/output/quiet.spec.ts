import { describe, expect, it } from '@jest/globals';
import { Quiet } from './quiet.ts';

describe('a service in trouble', () => {
  it('says the same thing once in ten seconds, and how often it happened meanwhile', () => {
    const quiet = new Quiet();
    const at = (seconds: number, text = 'no luck') => quiet.filter('cart', text, seconds * 1000);
    expect(at(0)).toBe('no luck');
    expect([at(1), at(2), at(9)]).toEqual([undefined, undefined, undefined]);
    expect(at(10)).toBe('no luck (again; 3 not shown)');
    expect(at(11)).toBeUndefined();
    expect(at(40)).toBe('no luck (again; 1 not shown)');
    expect(at(80)).toBe('no luck');
  });

  it('does not silence another service, or another line', () => {
    const quiet = new Quiet();
    expect(quiet.filter('cart', 'no luck', 0)).toBe('no luck');
    expect(quiet.filter('web', 'no luck', 0)).toBe('no luck');
    expect(quiet.filter('cart', 'bad luck', 0)).toBe('bad luck');
  });

  it('shows twenty different lines and leaves the flood to the log', () => {
    const quiet = new Quiet();
    const shown = Array.from({ length: 1000 }, (_, n) => quiet.filter('cart', `line ${n}`, n));
    const lines = shown.filter((text) => text !== undefined);
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe('line 19 (more of this is in the log)');
    expect(quiet.filter('cart', 'line x', 12_000)).toBe('line x');
  });
});
