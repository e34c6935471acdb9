import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { findOpenApiFaults } from '../test/openapi.ts';
import { toOpenApi } from './openapi.ts';
import type { Route } from './routes.ts';

const answer = z.object({ id: z.uuid(), at: z.iso.datetime(), left: z.int().nullable() });

type Tree = { name: string; children: Tree[] };
const named: z.ZodType<Tree> = z
  .object({
    name: z.string(),
    get children() {
      return z.array(named);
    },
  })
  .meta({ id: 'Tree' });
const unnamed: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(unnamed);
  },
});

const reading = (path: string, schema: z.ZodType): Route => ({
  method: 'GET',
  path,
  schemas: {},
  documentation: { summary: `Reads ${path}`, responses: { 200: schema } },
});

const routes: Route[] = [
  reading('/tree', z.object({ items: z.array(named) })),
  reading('/root', named),
  {
    method: 'GET',
    path: '/things/:id',
    schemas: { query: z.strictObject({ limit: z.coerce.number().int().max(10).optional() }) },
    documentation: {
      summary: 'Reads a thing',
      responses: { 200: answer, 304: 'It is as you know it' },
      problems: ['things.not_found'],
      headers: { 'If-None-Match': { description: 'What you know' } },
    },
  },
  {
    method: 'POST',
    path: '/things',
    schemas: { body: z.strictObject({ of: z.record(z.string().max(9), z.array(answer).max(3)) }) },
    documentation: { summary: 'Makes a thing', responses: { 201: answer }, bearer: 'staff' },
  },
];

const document = JSON.stringify(
  toOpenApi({ service: 'things', version: '1.0.0' }, routes, {
    'things.not_found': { status: 404, title: 'No such thing' },
  }),
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, with valid JSON Schemas inside', async () => {
    expect(await findOpenApiFaults(JSON.parse(document))).toEqual([]);
  });

  it('has schemas that refer to themselves where references lead', () => {
    const { components } = JSON.parse(document) as { components: { schemas: object } };
    expect(Object.keys(components.schemas)).toEqual(['Problem', 'Tree']);
    expect(document).not.toContain('$defs');
    const about = { service: 'things', version: '1' };
    const list = z.object({ items: z.array(unnamed) });
    expect(() => toOpenApi(about, [reading('/x', list)], {})).toThrow('.meta({ id })');
  });

  it.each([
    ['no title', '"title":"Hemline things",', ''],
    ['a place that is none', '"in":"query"', '"in":"quarry"'],
    ['a response without a description', '"description":"It is as you know it"', ''],
    ['a misspelt method', '"get":', '"gett":'],
    ['a type that is none', '"type":"object"', '"type":"objects"'],
    ['another version', '"openapi":"3.1.0"', '"openapi":"3.0.3"'],
  ])('would be refused for %s', async (_fault, from, to) => {
    expect(document).toContain(from);
    expect(await findOpenApiFaults(JSON.parse(document.replaceAll(from, to)))).not.toEqual([]);
  });
});
