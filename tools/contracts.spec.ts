import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import specs from '@asyncapi/specs';
import { topics } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type AnySchema } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Schema } from './compatibility.ts';
import { eventsFolder, findIncompatible, findStale, readReleased } from './contracts.ts';
import { toAsyncApi, toSchemas } from './contracts/documents.ts';

const golden = join(import.meta.dirname, '../libs/contracts/golden');
const schemas = toSchemas();
const text = JSON.stringify(toAsyncApi());

const refsOf = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === '$ref' ? [String(part)] : refsOf(part),
  );
};

const resolve = (document: Schema, ref: string): unknown =>
  ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, name) => (at as Schema | undefined)?.[name], document);

describe('the AsyncAPI document', () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(
    specs.schemasWithoutId['3.0.0'] as AnySchema,
  );

  it('is one by AsyncAPI’s own schema', () => {
    const isValid = validate(JSON.parse(text));
    expect([isValid, validate.errors]).toEqual([true, null]);
  });

  it.each([
    ['another version', '"asyncapi":"3.0.0"', '"asyncapi":"2.6.0"'],
    ['a misspelt part', '"messages":', '"mesages":'],
    ['partitions as a text', '"partitions":8', '"partitions":"8"'],
    ['a wrong type in a payload', '"type":"object"', '"type":"objects"'],
  ])('would be refused for %s', (_fault, from, to) => {
    expect(text).toContain(from);
    expect(validate(JSON.parse(text.replaceAll(from, to)))).toBe(false);
  });

  it('refers to nothing that is not there', () => {
    const document = toAsyncApi();
    const refs = refsOf(document);
    expect(refs.length).toBeGreaterThan(Object.keys(schemas).length);
    for (const ref of refs) expect([ref, resolve(document, ref)]).not.toContain(undefined);
  });

  it('has each topic as a channel, and each event in one of them', () => {
    const { channels } = toAsyncApi() as { channels: Record<string, { messages: object }> };
    expect(Object.keys(channels)).toEqual(Object.keys(topics).sort());
    const told = Object.values(channels).flatMap(({ messages }) => Object.keys(messages));
    expect([...told, 'envelope'].sort()).toEqual(Object.keys(schemas).sort());
  });

  it('takes each golden event as a message of its type, and no other', () => {
    const { $schema: _dialect, ...document } = toAsyncApi();
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema(document as AnySchema, 'asyncapi', false, false);
    const type = 'payments.order.paid.v1';
    const check = ajv.compile({ $ref: `asyncapi#/components/messages/${type}/payload` });
    for (const line of linesOf(`${type}.jsonl`)) expect(check(JSON.parse(line))).toBe(true);
    const [other = ''] = linesOf('payments.order.authorized.v1.jsonl');
    expect(check(JSON.parse(other))).toBe(false);
  });
});

const linesOf = (file: string): string[] =>
  readFileSync(join(golden, file), 'utf8').trimEnd().split('\n');

describe('the published JSON Schemas', () => {
  it.each(readdirSync(golden))('take %s, as the code does', (file) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const isEnvelope = ajv.compile(schemas['envelope'] as AnySchema);
    const isData = ajv.compile(schemas[file.slice(0, -'.jsonl'.length)] as AnySchema);
    for (const line of linesOf(file)) {
      const event = JSON.parse(line) as { data: object };
      expect([isEnvelope(event), isData(event.data)]).toEqual([true, true]);
      expect(isData({ ...event.data, ...nothing(event.data) })).toBe(false);
    }
  });

  it('are the same each time, and are those that lie in docs/events', () => {
    expect(JSON.stringify(toSchemas())).toBe(JSON.stringify(schemas));
    for (const [name, schema] of Object.entries(schemas)) {
      const file = readFileSync(join(eventsFolder, `${name}.json`), 'utf8');
      expect([name, JSON.parse(file)]).toEqual([name, schema]);
    }
  });
});

const nothing = (data: object): object => {
  const [name = ''] = Object.keys(data);
  return { [name]: [] };
};

describe('the check', () => {
  it('names files that are changed, missing, or there for no reason', () => {
    const found = new Map(Object.entries({ 'a.json': '1', 'b.json': '2', 'd.json': '4' }));
    const made = new Map(Object.entries({ 'a.json': '1', 'b.json': '3', 'c.json': '5' }));
    expect(findStale(made, found)).toEqual(['b.json', 'c.json', 'd.json']);
  });

  it('finds nothing in the events as they are', async () => {
    const released = await readReleased();
    expect(Object.keys(released)).toContain('payments.order.paid.v1');
    expect(findIncompatible(released, schemas)).toEqual([]);
  });

  it('says which event, where in it and who could not take it', () => {
    const { 'cart.cart.closed.v1': _gone, ...fewer } = schemas;
    expect(findIncompatible(schemas, fewer)).toEqual([
      'cart.cart.closed.v1 /: readers of the released schema cannot take it: the event is told no more',
    ]);
  });
});
