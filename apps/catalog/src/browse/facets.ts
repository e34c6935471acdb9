import type { catalogApi } from '@hemline/contracts';
import type { Filter } from './list-query.ts';

export type FacetRow = {
  readonly facet: 'total' | 'category' | 'vendor' | 'option';
  /** Of an option: the JSON of its name and value. */
  readonly value: string | null;
  readonly title: string | null;
  readonly count: number;
};

export type Facets = { readonly total: number; readonly facets: readonly catalogApi.Facet[] };

const maxValues = 100;
const maxOptionFacets = 20;

const sizes = 'xxs xs s m l xl xxl 2xl xxxl 3xl 4xl 5xl'.split(' ');

type Value = catalogApi.Facet['values'][number];

/** Where a value stands among its kind: sizes from small to large, then numbers from low to high. */
const toPlace = (value: string): readonly [kind: number, place: number] => {
  const size = sizes.indexOf(value.toLowerCase());
  if (size !== -1) return [0, size];
  const number = /^[0-9]+(\.[0-9]+)?(?=$|\D)/.exec(value);
  return number ? [1, Number(number[0])] : [2, 0];
};

const byCount = (a: Value, b: Value): number => b.count - a.count || (a.title < b.title ? -1 : 1);

/** Values of an option in their own order, and those that have none behind them, the most frequent first. */
const byPlace = (a: Value, b: Value): number => {
  const [[kindA, placeA], [kindB, placeB]] = [toPlace(a.value), toPlace(b.value)];
  return kindA - kindB || placeA - placeB || byCount(a, b);
};

const isFrequent = (values: readonly Value[]): ((value: Value) => boolean) => {
  if (values.length <= maxValues) return () => true;
  const least = values.map(({ count }) => count).toSorted((a, b) => b - a)[maxValues - 1] ?? 0;
  return ({ count }) => count > least;
};

/** A chosen value stays in sight, even when nothing has it, so that it can be given up again. */
const toValues = (rows: readonly FacetRow[], chosen: readonly string[]): Value[] => {
  const values = rows.map(({ value, title, count }) => ({
    value: value ?? '',
    title: title ?? '',
    count,
    selected: chosen.includes(value ?? ''),
  }));
  const missing = chosen
    .filter((value) => !values.some((other) => other.value === value))
    .map((value) => ({ value, title: value, count: 0, selected: true }));
  const isShown = isFrequent(values);
  return [...values.filter((value) => value.selected || isShown(value)), ...missing];
};

type OptionRows = { readonly name: string; readonly rows: FacetRow[] };

/** The rows of each option, those of most products first; chosen ones are there in any case. */
const toOptions = (rows: readonly FacetRow[], chosen: Filter['options']): readonly OptionRows[] => {
  const byName = new Map<string, FacetRow[]>(chosen.map(({ name }) => [name, []]));
  for (const row of rows) {
    const [name = '', value = ''] = JSON.parse(row.value ?? '[]') as readonly string[];
    const sameName = byName.get(name) ?? [];
    sameName.push({ ...row, value, title: value });
    byName.set(name, sameName);
  }
  const weight = (of: readonly FacetRow[]): number => of.reduce((sum, { count }) => sum + count, 0);
  return [...byName]
    .map(([name, of]) => ({ name, rows: of, weight: weight(of) }))
    .toSorted((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1))
    .filter(({ name }, i) => i < maxOptionFacets || chosen.some((option) => option.name === name));
};

/** The facets of a list: category, vendor, then options. */
export const toFacets = (rows: readonly FacetRow[], filter: Filter): Facets => {
  const of = (facet: FacetRow['facet']): FacetRow[] => rows.filter((row) => row.facet === facet);
  const categories = toValues(of('category'), filter.categories);
  return {
    total: of('total')[0]?.count ?? 0,
    facets: [
      {
        name: 'category',
        parameter: 'category',
        values: categories.toSorted((a, b) => (a.value < b.value ? -1 : 1)),
      },
      {
        name: 'vendor',
        parameter: 'vendor',
        values: toValues(of('vendor'), filter.vendors).toSorted(byCount),
      },
      ...toOptions(of('option'), filter.options).map(({ name, rows: values }) => {
        const chosen = filter.options.find((option) => option.name === name)?.values ?? [];
        return {
          name,
          parameter: `option.${name}`,
          values: toValues(values, chosen).toSorted(byPlace),
        };
      }),
    ],
  };
};

type Counted = { readonly path: string; readonly title: string; readonly count: number };

/** The tree of categories; a level that no product is directly in still stands above those below it. */
export const toTree = (categories: readonly Counted[]): catalogApi.Category[] => {
  const roots: catalogApi.Category[] = [];
  const nodes = new Map<string, catalogApi.Category>();
  for (const { path, title, count } of categories.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const node = { path, title, count, children: [] };
    nodes.set(path, node);
    const parent = nodes.get(path.slice(0, path.lastIndexOf('/')));
    (parent?.children ?? roots).push(node);
  }
  return roots;
};
