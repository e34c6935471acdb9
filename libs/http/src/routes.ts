import { RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { z } from 'zod';
import { type Documentation, documentationKey } from './documented.ts';

/** Keys under which Nest 12 keeps what its decorators were told (`@nestjs/common/constants`). */
const nestKeys = {
  path: 'path',
  method: 'method',
  args: '__routeArguments__',
  httpCode: '__httpCode__',
};
const argumentKinds: Readonly<Record<string, 'body' | 'query' | 'path'>> = {
  3: 'body',
  4: 'query',
  5: 'path',
};

export type Route = {
  readonly method: string;
  readonly path: string;
  readonly documentation: Documentation | undefined;
  readonly schemas: { body?: z.ZodType; query?: z.ZodType; path?: z.ZodType };
};

type RouteArgument = { readonly data?: unknown; readonly schema?: z.ZodType };

const schemasOf = (controller: object, name: string): Route['schemas'] => {
  const schemas: Route['schemas'] = {};
  const args: Record<string, RouteArgument> =
    Reflect.getMetadata(nestKeys.args, controller, name) ?? {};
  for (const [key, { schema }] of Object.entries(args)) {
    const kind = argumentKinds[key.split(':')[0] ?? ''];
    if (kind && schema) schemas[kind] = schema;
  }
  return schemas;
};

const joinPath = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

const routesOf = (controller: { prototype: object }): Route[] => {
  const prefix: string = Reflect.getMetadata(nestKeys.path, controller) ?? '/';
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(controller.prototype, name)?.value;
    if (typeof handler !== 'function' || handler === controller) return [];
    const path: string | string[] | undefined = Reflect.getMetadata(nestKeys.path, handler);
    if (path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata(nestKeys.method, handler) as number] ?? 'GET';
    const documentation: Documentation | undefined = Reflect.getMetadata(documentationKey, handler);
    return [path].flat().map((each) => ({
      method,
      path: joinPath(prefix, each),
      documentation,
      schemas: schemasOf(controller, name),
    }));
  });
};

/** Every route that the controllers of an application take, with the schemas that guard it. */
export const listRoutes = (app: INestApplicationContext): Route[] =>
  [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => (metatype ? routesOf(metatype as { prototype: object }) : []));
