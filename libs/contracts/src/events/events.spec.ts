import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openEnum } from './envelope.ts';
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

describe('an open list of values', () => {
  const colour = openEnum(['red', 'other'], 'other');

  it('takes a value that it does not know for the one named for that', () => {
    expect(['red', 'mauve', 'other'].map((value) => colour.parse(value))).toEqual([
      'red',
      'other',
      'other',
    ]);
    expect(colour.safeParse(1).success).toBe(false);
    expect(z.object({ colour }).safeParse({}).success).toBe(false);
  });

  it('says so in its JSON Schema', () => {
    expect(z.toJSONSchema(colour, { io: 'input' })).toMatchObject({
      type: 'string',
      enum: ['red', 'other'],
      'x-unknown': 'other',
    });
  });
});
