import { describe, expect, it } from '@jest/globals';
import { checkGraph, checkSources, linksOf } from './tidy.ts';

const graph = (edges: Record<string, [kind: string | undefined, ...targets: string[]]>) => ({
  nodes: Object.fromEntries(
    Object.entries(edges).map(([name, [kind]]) => [
      name,
      { data: { root: name, tags: kind ? [`kind:${kind}`] : [] } },
    ]),
  ),
  dependencies: Object.fromEntries(
    Object.entries(edges).map(([name, [, ...targets]]) => [
      name,
      targets.map((target) => ({ target })),
    ]),
  ),
});

const declared = { code: new Set(['zod']), types: new Set(['zod', 'stripe']) };

describe('boundaries', () => {
  it('let a service use data, runtime and pure projects', () => {
    const fine = graph({
      cart: ['service', 'postgres', 'http', 'money'],
      postgres: ['data', 'http'],
      http: ['runtime', 'money'],
      money: ['pure'],
    });
    expect(checkGraph(fine)).toEqual([]);
  });

  it.each([
    ['an app in an app', { cart: ['service', 'catalog'], catalog: ['service'] }],
    ['a database in the storefront', { web: ['web', 'postgres'], postgres: ['data'] }],
    ['a framework library in a pure one', { money: ['pure', 'http'], http: ['runtime'] }],
    ['a project without a kind', { stray: [undefined] }],
    ['a project with a kind of its own', { stray: ['misc'] }],
    ['a cycle', { a: ['pure', 'b'], b: ['pure', 'a'] }],
    [
      'a cache where money is decided',
      { '@hemline/payments': ['service', '@hemline/cache'], '@hemline/cache': ['runtime'] },
    ],
    [
      'a cache behind what payments uses',
      {
        '@hemline/payments': ['service', 'http'],
        http: ['runtime', '@hemline/cache'],
        '@hemline/cache': ['runtime'],
      },
    ],
  ])('refuse %s', (_what, edges) => {
    expect(checkGraph(graph(edges as never)).length).toBeGreaterThan(0);
  });

  it.each([
    ["import { x } from '../../cart/src/x.ts';", 'leaves its project'],
    ["import { Pool } from 'pg';", 'is not in its package.json'],
    ["import Stripe from 'stripe';", 'is not in its package.json'],
    ["export * from 'pg';", 'is not in its package.json'],
    ["const x = await import('pg');", 'is not in its package.json'],
    ["it.only('x', () => {});", '.only'],
  ])('refuse %s', (text, reason) => {
    const faults = checkSources('apps/a', 'service', declared, [{ path: 'apps/a/src/a.ts', text }]);
    expect(faults.join()).toContain(reason);
  });

  it('take what is declared, what Node has, and what is near', () => {
    const text =
      "import { z } from 'zod';\nimport fs from 'node:fs';\nimport { b } from './b.ts';\nimport type Stripe from 'stripe';\n";
    expect(
      checkSources('apps/a', 'service', declared, [{ path: 'apps/a/src/a.ts', text }]),
    ).toEqual([]);
  });
});

describe('links', () => {
  it('to files are found, with line breaks and anchors; addresses are left alone', () => {
    const page =
      '[a](docs/a.md) [b\nb](../b.ts#L1) [c](https://example.org/c) [d](#here) ![e](e.jpg)';
    expect(linksOf(page)).toEqual(['docs/a.md', '../b.ts', 'e.jpg']);
  });
});
