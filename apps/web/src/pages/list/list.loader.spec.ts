import { copies } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import { listsKept } from './list.loader.ts';

describe('a list that is kept', () => {
  it('leaves catalog 2 s of what a price may be old', () => {
    const { freshMs, revalidateMs } = listsKept;
    expect(freshMs + revalidateMs + 2000).toBeLessThan(copies['web.price'].boundMs);
  });
});
