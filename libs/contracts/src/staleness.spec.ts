import { describe, expect, it } from '@jest/globals';
import { topics } from './events/topics.ts';
import { type Copy, copies, watermarkMs } from './staleness.ts';

const all: [string, Copy][] = Object.entries(copies);

describe('a copy', () => {
  it.each(all)('%s is named after its holder, and follows a topic of another app', (name, copy) => {
    expect(name.startsWith(`${copy.holder}.`)).toBe(true);
    if (copy.topic === undefined) return;
    expect(Object.keys(topics)).toContain(copy.topic);
    expect(copy.topic.split('.')[0]).not.toBe(copy.holder);
  });

  it.each(all)('%s may be older than what a quiet owner lets pass between two words', (_, copy) => {
    expect(copy.boundMs).toBeGreaterThan(watermarkMs * 1.5);
  });
});
