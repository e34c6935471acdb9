import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Frame, markBytes, readFrame, toFrame } from './frame.ts';

const mark = fc
  .uint8Array({ minLength: markBytes, maxLength: markBytes })
  .map((bytes) => Buffer.from(bytes));
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const frame: fc.Arbitrary<Frame> = fc.record({
  loadedAt: fc.nat(2 ** 42),
  generation: mark,
  mark,
  payload: bytes,
});

describe('a frame', () => {
  it('says what was put into it', () => {
    fc.assert(
      fc.property(fc.string(), frame, (key, made) => {
        expect(readFrame(key, toFrame(key, made))).toEqual(made);
      }),
    );
  });

  it('is not read where anything of it was changed, lost or added', () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.integer({ min: 1, max: 255 }), (made, place, change) => {
        const whole = toFrame('a', made);
        const changed = Buffer.from(whole);
        const at = place % whole.length;
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(readFrame('a', changed)).toBeUndefined();
        expect(readFrame('a', whole.subarray(0, at))).toBeUndefined();
        expect(readFrame('a', Buffer.concat([whole, Buffer.from([change])]))).toBeUndefined();
      }),
    );
  });

  it('is not read for another key, nor out of bytes of others', () => {
    fc.assert(
      fc.property(frame, bytes, (made, garbage) => {
        expect(readFrame('b', toFrame('a', made))).toBeUndefined();
        expect(readFrame('a', garbage)).toBeUndefined();
      }),
    );
  });

  it('keeps no more memory than its own', () => {
    const whole = toFrame('a', {
      loadedAt: 1,
      generation: Buffer.alloc(markBytes),
      mark: Buffer.alloc(markBytes),
      payload: Buffer.from('text'),
    });
    const read = Buffer.concat([Buffer.alloc(1_000_000), whole]).subarray(1_000_000);
    expect(readFrame('a', read)?.payload.buffer.byteLength).toBeLessThan(100_000);
  });
});
