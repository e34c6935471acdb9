import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Schema, compare } from './compatibility.ts';
import { openEnum } from '../libs/contracts/src/events/envelope.ts';

const toSchema = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema;

const told = (shape: z.ZodRawShape): Schema =>
  toSchema(z.looseObject({ id: z.string(), ...shape }));

const n = (schema: z.ZodType): Schema => told({ n: schema });

const cat = z.looseObject({ kind: z.literal('cat') });
const dog = z.looseObject({ kind: z.literal('dog') });
const closed = z.strictObject({ a: z.string() });

/** Change → schema before, schema after. */
const good: [string, Schema, Schema][] = [
  ['nothing', n(z.int()), n(z.int())],
  ['a new optional field', told({}), n(z.int().optional())],
  [
    'a new optional field far inside',
    n(z.array(cat)),
    n(z.array(cat.extend({ a: z.string().optional() }))),
  ],
  ['a new field with a default', told({}), n(z.int().default(1))],
  [
    'another order of fields and values',
    told({ a: z.enum(['x', 'y']), b: z.int() }),
    told({ b: z.int(), a: z.enum(['y', 'x']) }),
  ],
  ['another description', n(z.int()), n(z.int().describe('How many'))],
  [
    'a new enum value, with a rule for unknown ones before',
    n(openEnum(['a', 'other'], 'other')),
    n(openEnum(['a', 'b', 'other'], 'other')),
  ],
  ['an object opened to what it does not know', n(closed), n(z.looseObject(closed.shape))],
  ['the same bound of whole numbers said otherwise', n(z.int().positive()), n(z.int().min(1))],
  [
    'the same map',
    n(z.record(z.string().max(9), z.int())),
    n(z.record(z.string().max(9), z.int())),
  ],
  ['the same union in another order', n(z.union([cat, dog])), n(z.union([dog, cat]))],
  [
    'a new optional field in a branch',
    n(z.union([cat, dog])),
    n(z.union([cat, dog.extend({ a: z.int().optional() })])),
  ],
  ['a new event', undefined as unknown as Schema, told({})],
];

/** Change → schema before, schema after, where, and who could not take it. */
const bad: [string, Schema, Schema, string, string][] = [
  ['a removed required field', n(z.int()), told({}), '/n', 'released'],
  ['a removed optional field', n(z.int().optional()), told({}), '/n', 'released'],
  ['a renamed field', told({ a: z.int() }), told({ b: z.int() }), '/a', 'released'],
  ['a new required field', told({}), n(z.int()), '/n', 'new'],
  ['a field newly required', n(z.int().optional()), n(z.int()), '/n', 'new'],
  ['a field no longer required', n(z.int()), n(z.int().optional()), '/n', 'released'],
  ['another type', n(z.int()), n(z.string()), '/n', 'released'],
  ['a narrowed type', n(z.number()), n(z.int()), '/n', 'new'],
  ['a widened type', n(z.int()), n(z.number()), '/n', 'released'],
  ['anything narrowed to something', n(z.unknown()), n(z.int()), '/n', 'new'],
  ['null no longer taken', n(z.int().nullable()), n(z.int()), '/n', 'new'],
  ['null newly written', n(z.int()), n(z.int().nullable()), '/n', 'released'],
  ['a new enum value without a rule', n(z.enum(['a'])), n(z.enum(['a', 'b'])), '/n', 'released'],
  [
    'a new enum value with a rule that readers lack',
    n(z.enum(['a'])),
    n(openEnum(['a', 'b'], 'a')),
    '/n',
    'released',
  ],
  ['a removed enum value', n(z.enum(['a', 'b'])), n(z.enum(['a'])), '/n', 'new'],
  ['another constant', n(z.literal('a')), n(z.literal('b')), '/n', 'released'],
  ['any text narrowed to an enum', n(z.string()), n(z.enum(['a'])), '/n', 'new'],
  ['a changed pattern', n(z.string().regex(/^a$/)), n(z.string().regex(/^b$/)), '/n', 'released'],
  ['a new pattern', n(z.string()), n(z.string().regex(/^b$/)), '/n', 'new'],
  [
    'one more of several patterns',
    n(z.string().regex(/a/).regex(/b/)),
    n(z.string().regex(/a/).regex(/b/).regex(/c/)),
    '/n',
    'released',
  ],
  ['a changed format', n(z.iso.datetime()), n(z.iso.date()), '/n', 'released'],
  ['a format no longer kept', n(z.uuid()), n(z.string()), '/n', 'released'],
  ['a greater least length', n(z.string().min(1)), n(z.string().min(2)), '/n', 'new'],
  ['a lesser greatest length', n(z.string().max(9)), n(z.string().max(8)), '/n', 'new'],
  ['a greater greatest length', n(z.string().max(9)), n(z.string().max(10)), '/n', 'released'],
  ['a greater minimum', n(z.int()), n(z.int().min(0)), '/n', 'new'],
  ['zero no longer taken', n(z.number().min(0)), n(z.number().positive()), '/n', 'new'],
  ['a lesser maximum', n(z.int().max(9)), n(z.int().lt(9)), '/n', 'new'],
  ['zero newly written', n(z.int().positive()), n(z.int().nonnegative()), '/n', 'released'],
  ['a list that may not be empty', n(z.array(z.int())), n(z.array(z.int()).min(1)), '/n', 'new'],
  ['another type of items', n(z.array(z.int())), n(z.array(z.string())), '/n/*', 'released'],
  [
    'a removed field of items',
    n(z.array(cat.extend({ a: z.int() }))),
    n(z.array(cat)),
    '/n/*/a',
    'released',
  ],
  ['a tuple', n(z.tuple([z.int()])), n(z.tuple([z.int(), z.int()])), '/n', 'released'],
  [
    'other values in a map',
    n(z.record(z.string(), z.string())),
    n(z.record(z.string(), z.int())),
    '/n/*',
    'released',
  ],
  [
    'tighter keys of a map',
    n(z.record(z.string(), z.int())),
    n(z.record(z.string().max(3), z.int())),
    '/n/*',
    'new',
  ],
  ['a map that is one no more', n(z.record(z.string(), z.int())), n(closed), '/n', 'new'],
  [
    'a field in a closed object',
    n(closed),
    n(closed.extend({ b: z.int().optional() })),
    '/n/b',
    'released',
  ],
  ['an open object closed', n(z.object(closed.shape)), n(closed), '/n', 'new'],
  [
    'a new branch of a union',
    n(z.union([cat, dog])),
    n(z.union([cat, dog, closed])),
    '/n/kind',
    'released',
  ],
  ['a removed branch', n(z.union([cat, dog])), n(z.union([cat])), '/n/kind', 'new'],
  [
    'another topic',
    { ...told({}), 'x-topic': 'a.b' },
    { ...told({}), 'x-topic': 'a.c' },
    '',
    'released',
  ],
  [
    'another topic of a union',
    { anyOf: [told({})], 'x-topic': 'a.b' },
    { anyOf: [told({})] },
    '',
    'released',
  ],
  ['a keyword that is not known here', n(z.int()), n(z.int().multipleOf(2)), '/n', 'released'],
  ['a removed event', told({}), undefined as unknown as Schema, '', 'released'],
];

describe('a change of an event', () => {
  it.each(good)('may be %s', (_change, before, after) => {
    expect(compare(before, after)).toEqual([]);
  });

  it.each(bad)('may not be %s', (_change, before, after, path, reader) => {
    expect(compare(before, after)).toContainEqual({ path, reader, reason: expect.any(String) });
  });

  it('is told with each of its faults, and where', () => {
    const before = told({ 'a/b': z.int(), c: z.enum(['x']) });
    const after = told({ 'a/b': z.string(), c: z.enum(['x', 'y']) });
    expect(compare(before, after).map(({ path, reader }) => `${reader} ${path}`)).toEqual([
      'released /a~1b',
      'released /c',
      'new /a~1b',
    ]);
  });
});
