import { ServiceUnavailable } from '@hemline/http';
import { describe, expect, it } from '@jest/globals';
import { HeldAnswers } from './held-answers.ts';

const away = (): Promise<never> => Promise.reject(new ServiceUnavailable('catalog', undefined));

const make = (): { answers: HeldAnswers<{ n: number }>; pass: (ms: number) => void } => {
  let time = 1_000_000;
  const answers = new HeldAnswers<{ n: number }>({
    name: 'test',
    maxBytes: 1_000_000,
    sizeOf: () => 100,
    freshMs: 1_000,
    revalidateMs: 0,
    heldMs: 60_000,
    now: () => time,
  });
  return {
    answers,
    pass: (ms) => {
      time += ms;
    },
  };
};

describe('held answers', () => {
  it('asks once for all who come at one time', async () => {
    const { answers } = make();
    let asked = 0;
    const load = async (): Promise<{ n: number }> => ({ n: (asked += 1) });
    const all = await Promise.all(Array.from({ length: 20 }, () => answers.get('a', load)));
    expect(asked).toBe(1);
    expect(all.every(({ value, heldSince }) => value.n === 1 && heldSince === undefined)).toBe(
      true,
    );
  });

  it('shows an old answer, and says since when, while its owner is away', async () => {
    const { answers, pass } = make();
    await answers.get('a', async () => ({ n: 1 }));
    pass(10_000);
    const held = await answers.get('a', away);
    expect(held.value).toEqual({ n: 1 });
    expect(held.heldSince?.getTime()).toBe(1_000_000);
  });

  it('does not make every visitor wait to hear that the owner is away', async () => {
    const { answers, pass } = make();
    let asked = 0;
    const load = (): Promise<{ n: number }> => {
      asked += 1;
      return asked === 1 ? Promise.resolve({ n: 1 }) : away();
    };
    await answers.get('a', load);
    pass(10_000);
    await answers.get('a', load);
    await answers.get('a', load);
    expect(asked).toBe(2);
    pass(2_000);
    await answers.get('a', load);
    expect(asked).toBe(3);
  });

  it('is fresh again as soon as its owner is back', async () => {
    const { answers, pass } = make();
    await answers.get('a', async () => ({ n: 1 }));
    pass(10_000);
    await answers.get('a', away);
    pass(2_000);
    expect(await answers.get('a', async () => ({ n: 2 }))).toEqual({ value: { n: 2 } });
  });

  it('rather says nothing than what is too old, and never hides a fault of ours', async () => {
    const { answers, pass } = make();
    await answers.get('a', async () => ({ n: 1 }));
    pass(2_000);
    await expect(answers.get('a', () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    pass(120_000);
    await expect(answers.get('a', away)).rejects.toThrow('catalog is not available');
  });
});
