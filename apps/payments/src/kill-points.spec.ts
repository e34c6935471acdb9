import { describe, expect, it } from '@jest/globals';
import { killPoints } from './kill-points.ts';

describe('kill points', () => {
  it('do nothing without being told to, at other points, and in production', () => {
    killPoints(undefined, 'test')('t1.after');
    killPoints('payments.t4.after:1', 'test')('t1.after');
    killPoints('payments.t1.after:2', 'test')('t1.after');
    killPoints('payments.t1.after:1', 'production')('t1.after');
    expect(process.pid).toBeGreaterThan(0);
  });
});
