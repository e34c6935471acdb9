import { isDeepStrictEqual } from 'node:util';
import { problemSchema } from '@hemline/contracts';
import { z } from 'zod';
import { baseProblems, type Problems } from './problems.ts';
import type { Route } from './routes.ts';

type Json = { [key: string]: unknown };

const input = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
const output = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Json;

const parameters = (place: 'query' | 'path' | 'header', schema: Json): Json[] =>
  Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, property]) => ({
    name,
    in: place,
    required:
      place === 'path' || ((schema['required'] as string[] | undefined) ?? []).includes(name),
    schema: property,
  }));

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/:([a-zA-Z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const operation = ({ documentation, schemas, path }: Route, problems: Problems): Json => {
  const responses: Json = {};
  for (const [status, answer] of Object.entries(documentation?.responses ?? {})) {
    responses[status] =
      typeof answer === 'string'
        ? { description: answer }
        : {
            description: documentation?.summary ?? '',
            content: { 'application/json': { schema: output(answer) } },
          };
  }
  for (const code of documentation?.problems ?? []) {
    const { status, title } = problems[code] ?? baseProblems.internal;
    const earlier = responses[status] as { description: string } | undefined;
    responses[status] = {
      description: `${earlier ? `${earlier.description}; ` : ''}\`${code}\`: ${title}`,
      content: problemContent,
    };
  }
  responses['default'] = { description: 'A problem document', content: problemContent };
  const headers = Object.entries(documentation?.headers ?? {}).map(
    ([name, { description, required }]) => ({
      name,
      in: 'header',
      required: required ?? false,
      description,
      schema: { type: 'string' },
    }),
  );
  const inPath = schemas.path ? parameters('path', input(schemas.path)) : pathParameters(path);
  const query = schemas.query ? parameters('query', input(schemas.query)) : [];
  return {
    summary: documentation?.summary ?? '',
    parameters: [...inPath, ...query, ...headers],
    ...(schemas.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: input(schemas.body) } },
      },
    }),
    responses,
    ...(documentation?.bearer && { security: [{ [documentation.bearer]: [] }] }),
  };
};

const problemContent = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

/**
 * A schema that refers to itself comes with a name in its own `$defs`, to which `#` leads from there
 * but not from inside a document; so it moves to where the document has its names.
 */
const shareSchemas = (paths: Json): { readonly paths: Json; readonly shared: Json } => {
  const shared: Json = {};
  const take = (name: string, schema: unknown): void => {
    if (name.startsWith('__')) throw new Error('A schema that has itself needs .meta({ id })');
    if (name in shared && !isDeepStrictEqual(shared[name], schema))
      throw new Error(`Two schemas of one document have the id ${name}`);
    shared[name] = schema;
  };
  const move = (key: string, value: unknown): unknown => {
    if (key === '$ref') return String(value).replace('#/$defs/', '#/components/schemas/');
    if (typeof value !== 'object' || value === null || !('$defs' in value)) return value;
    const { $defs, ...rest } = value;
    for (const [name, schema] of Object.entries($defs as Json)) take(name, schema);
    return rest;
  };
  return { paths: JSON.parse(JSON.stringify(paths), move) as Json, shared };
};

/** OpenAPI 3.1 from the routes themselves and from the very schemas that validate requests. */
export const toOpenApi = (
  { service, version }: { readonly service: string; readonly version: string },
  routes: readonly Route[],
  problems: Problems,
): Json => {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([a-zA-Z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, problems) };
  }
  const sharing = shareSchemas(paths);
  const bearer = (description: string): Json => ({ type: 'http', scheme: 'bearer', description });
  return {
    openapi: '3.1.0',
    info: { title: `Hemline ${service}`, version },
    paths: sharing.paths,
    components: {
      schemas: { Problem: output(problemSchema), ...sharing.shared },
      securitySchemes: {
        cart: bearer('The token that came with the cart'),
        order: bearer('The token that came with the order'),
        staff: bearer('A signed staff token (JWT, EdDSA)'),
      },
    },
  };
};
