import { copies, watermarkMs } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import { answersKept } from './answers.ts';

describe('an answer that is kept', () => {
  it('is no older than availability may be, also where payments has nothing to tell', () => {
    const oldest = watermarkMs + answersKept.freshMs + answersKept.staleMs;
    expect(oldest).toBeLessThan(copies['catalog.availability'].boundMs);
  });
});
