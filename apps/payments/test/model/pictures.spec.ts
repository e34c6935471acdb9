import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { transitions } from '../../src/transitions.ts';

/** The edges of each picture of states of a page, without those that begin or end one. */
const picturesOf = (page: string): string[][] =>
  [...page.matchAll(/```mermaid\nstateDiagram-v2\n(?<body>[\s\S]*?)```/g)].map(({ groups }) =>
    [...(groups?.['body'] ?? '').matchAll(/^\s*(\w+) --> (\w+)/gm)]
      .map(([, from, to]) => `${from} > ${to}`)
      .sort(),
  );

const edgesOf = (table: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(table)
    .flatMap(([from, tos]) => tos.map((to) => `${from} > ${to}`))
    .sort();

describe('the page about correctness', () => {
  it('shows the states of payments and orders as they are', async () => {
    const page = await readFile(
      new URL('../../../../docs/correctness.md', import.meta.url),
      'utf8',
    );
    const pictures = picturesOf(page);
    expect(pictures).toEqual([edgesOf(transitions.payments), edgesOf(transitions.orders)]);
  });
});
