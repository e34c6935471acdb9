import { describe, expect, it } from '@jest/globals';
import { type FacetRow, toFacets, toTree } from './facets.ts';
import { listQuery } from './list-query.ts';

const option = (name: string, value: string, count: number): FacetRow => ({
  facet: 'option',
  value: JSON.stringify([name, value]),
  title: null,
  count,
});
const vendor = (value: string, count: number): FacetRow => ({
  facet: 'vendor',
  value,
  title: value,
  count,
});
const valuesOf = (rows: FacetRow[], name: string, query: object = {}): string[] =>
  toFacets(rows, listQuery.parse(query).filter)
    .facets.find((facet) => facet.name === name)
    ?.values.map(({ value }) => value) ?? [];

describe('the values of a facet', () => {
  it('stand in their own order where they have one', () => {
    const sizes = ['XL', 'S', 'M', 'XXL', 'L'].map((value, i) => option('Size', value, i));
    expect(valuesOf(sizes, 'Size')).toEqual(['S', 'M', 'L', 'XL', 'XXL']);
    const lengths = ['32', '30', '8.5', '30 long'].map((value) => option('Length', value, 1));
    expect(valuesOf(lengths, 'Length')).toEqual(['8.5', '30', '30 long', '32']);
  });

  it('that have no order of their own stand behind those that have', () => {
    const values = ['One size', 'L', '10', 'S', '8', 'Double'].map((value, i) =>
      option('Size', value, i),
    );
    expect(valuesOf(values, 'Size')).toEqual(['S', 'L', '8', '10', 'Double', 'One size']);
  });

  it('stand by how many have them where they have none', () => {
    expect(valuesOf([vendor('A', 1), vendor('B', 3), vendor('C', 3)], 'vendor')).toEqual([
      'B',
      'C',
      'A',
    ]);
  });

  it('are at most a hundred, and the chosen ones are among them', () => {
    const rows = Array.from({ length: 300 }, (_, i) => vendor(`v${i}`, 300 - i));
    const values = valuesOf(rows, 'vendor', { vendor: ['v299', 'gone'] });
    expect(values.length).toBeLessThanOrEqual(102);
    expect(values).toEqual(expect.arrayContaining(['v0', 'v299', 'gone']));
  });

  it('keep apart options whose names are alike', () => {
    const rows = [option('a","b', 'c', 1), option('a', 'b","c', 1), option('vendor', 'x', 1)];
    const facets = toFacets(rows, listQuery.parse({}).filter).facets.map(
      ({ parameter }) => parameter,
    );
    expect(facets).toEqual(['category', 'vendor', 'option.a', 'option.a","b', 'option.vendor']);
  });
});

describe('the tree of categories', () => {
  it('hangs each below the one that its path begins with', () => {
    const tree = toTree([
      { path: 'home/kitchen', title: 'Kitchen', count: 1 },
      { path: 'home', title: 'Home', count: 2 },
      { path: 'home-office', title: 'Home office', count: 1 },
    ]);
    expect(tree.map(({ path, children }) => [path, children.map((child) => child.path)])).toEqual([
      ['home', ['home/kitchen']],
      ['home-office', []],
    ]);
  });
});
