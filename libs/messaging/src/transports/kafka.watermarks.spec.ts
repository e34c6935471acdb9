import { describe, expect, it } from '@jest/globals';
import { Progress, decodeMark, encodeMark } from './kafka.watermarks.ts';

const stock = 'payments.stock';
const at = (second: number): Date => new Date(second * 1000);
const mark = (second: number, ...ends: bigint[]) => ({ time: at(second), ends: { [stock]: ends } });

describe('the progress of a reader', () => {
  it('is where the owner was when all that it had told is handled', () => {
    const progress = new Progress();
    progress.hold({ [stock]: [0, 1] });
    progress.add('payments', mark(1, 5n, 3n));
    progress.add('payments', mark(2, 7n, 3n));
    expect(progress.watermark('payments', stock)).toBeUndefined();
    progress.moveTo(stock, 0, 6n);
    expect(progress.watermark('payments', stock)).toBeUndefined();
    progress.moveTo(stock, 1, 3n);
    expect(progress.watermark('payments', stock)).toEqual(at(1));
    progress.moveTo(stock, 0, 7n);
    expect(progress.watermark('payments', stock)).toEqual(at(2));
  });

  it('does not go back with a position that was read late', () => {
    const progress = new Progress();
    progress.hold({ [stock]: [0] });
    progress.moveTo(stock, 0, 9n);
    progress.moveTo(stock, 0, 2n);
    progress.add('payments', mark(1, 9n));
    expect(progress.watermark('payments', stock)).toEqual(at(1));
  });

  it('asks nothing of partitions that others hold', () => {
    const progress = new Progress();
    progress.hold({ [stock]: [1] });
    progress.moveTo(stock, 1, 3n);
    progress.add('payments', mark(1, 5n, 3n));
    expect(progress.watermark('payments', stock)).toEqual(at(1));
  });

  it('is unknown anew for partitions that were taken over', () => {
    const progress = new Progress();
    progress.hold({ [stock]: [1] });
    progress.moveTo(stock, 1, 3n);
    progress.add('payments', mark(1, 5n, 3n));
    progress.hold({ [stock]: [0, 1] });
    progress.moveTo(stock, 1, 3n);
    expect(progress.watermark('payments', stock)).toBeUndefined();
    progress.moveTo(stock, 0, 5n);
    expect(progress.watermark('payments', stock)).toEqual(at(1));
  });

  it('is still known while a reader is far behind many words of the owner', () => {
    const progress = new Progress();
    progress.hold({ [stock]: [0] });
    progress.moveTo(stock, 0, 0n);
    for (let n = 0; n < 2000; n += 1) progress.add('payments', mark(n, BigInt(n)));
    expect(progress.watermark('payments', stock)).toEqual(at(0));
    progress.moveTo(stock, 0, 1999n);
    expect(progress.watermark('payments', stock)?.getTime()).toBeGreaterThan(1990_000);
  });
});

describe('what an owner says', () => {
  it('is read as it was meant', () => {
    expect(decodeMark(encodeMark(mark(1, 5n, 2n ** 60n)))).toEqual(mark(1, 5n, 2n ** 60n));
  });

  it.each(['', 'null', '{}', '{"time":"never","ends":{}}', '{"time":1,"ends":{"a":["x"]}}'])(
    'is left alone if it is %j',
    (value) => expect(decodeMark(value)).toBeUndefined(),
  );
});
