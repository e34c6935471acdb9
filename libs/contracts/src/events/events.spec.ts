import { describe, expect, it } from '@jest/globals';
import * as events from './events.ts';
import { topics } from './topics.ts';

describe('events', () => {
  it('each belongs to a declared topic of the app that owns it', () => {
    for (const event of Object.values(events)) {
      expect(Object.keys(topics)).toContain(event.topic);
      expect(event.type.split('.')[0]).toBe(event.topic.split('.')[0]);
    }
  });

  it('each has a type of its own, a past-tense fact with a version', () => {
    const types = Object.values(events).map((event) => event.type);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(type).toMatch(/^[a-z]+\.[a-z_]+\.[a-z_]*(ed|paid)\.v\d+$/);
  });
});
