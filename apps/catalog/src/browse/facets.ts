import type { catalogApi } from '@hemline/contracts';
import type { Filter } from './list-query.ts';

export type FacetRow = {
  /** `total`, `category`, `vendor`, or `option ` and its name. */
  readonly facet: string;
  readonly value: string | null;
  readonly title: string | null;
  readonly count: number;
};

export type Facets = { readonly total: number; readonly facets: readonly catalogApi.Facet[] };

const maxValues = 100;
const maxOptionFacets = 20;
const optionPrefix = 'option ';

const sizes = 'xxs xs s m l xl xxl 2xl xxxl 3xl 4xl 5xl'.split(' ');

/** Sizes from small to large and numbers from low to high; undefined for what has no order. */
const toRank = (value: string): number | undefined => {
  const size = sizes.indexOf(value.toLowerCase());
  if (size !== -1) return size;
  const number = /^[0-9]+(\.[0-9]+)?(?=$|\D)/.exec(value);
  return number ? Number(number[0]) : undefined;
};

type Value = catalogApi.Facet['values'][number];

/** In the values' own order if they have one, else the most frequent first. */
const inOrder = (values: readonly Value[]): Value[] => {
  const ranks = new Map(values.map(({ value }) => [value, toRank(value)]));
  const hasOrder = [...ranks.values()].every((rank) => rank !== undefined);
  return values.toSorted((a, b) => {
    const order = hasOrder
      ? (ranks.get(a.value) ?? 0) - (ranks.get(b.value) ?? 0)
      : b.count - a.count;
    return order || (a.title < b.title ? -1 : 1);
  });
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

const sum = (rows: readonly FacetRow[]): number =>
  rows.reduce((total, { count }) => total + count, 0);

/** The facets of a list: category, vendor, then options, those of most products first. */
export const toFacets = (rows: readonly FacetRow[], filter: Filter): Facets => {
  const groups = Map.groupBy(rows, ({ facet }) => facet);
  for (const { name } of filter.options) {
    if (!groups.has(optionPrefix + name)) groups.set(optionPrefix + name, []);
  }
  const isChosen = (name: string): boolean => filter.options.some((option) => option.name === name);
  const options = [...groups.keys()]
    .filter((facet) => facet.startsWith(optionPrefix))
    .map((facet) => ({ name: facet.slice(optionPrefix.length), rows: groups.get(facet) ?? [] }))
    .toSorted((a, b) => sum(b.rows) - sum(a.rows) || (a.name < b.name ? -1 : 1))
    .filter(({ name }, i) => i < maxOptionFacets || isChosen(name));
  const categories = toValues(groups.get('category') ?? [], filter.categories);
  return {
    total: groups.get('total')?.[0]?.count ?? 0,
    facets: [
      {
        name: 'category',
        parameter: 'category',
        values: categories.toSorted((a, b) => (a.value < b.value ? -1 : 1)),
      },
      {
        name: 'vendor',
        parameter: 'vendor',
        values: inOrder(toValues(groups.get('vendor') ?? [], filter.vendors)),
      },
      ...options.map(({ name, rows: of }) => ({
        name,
        parameter: `option.${name}`,
        values: inOrder(
          toValues(of, filter.options.find((option) => option.name === name)?.values ?? []),
        ),
      })),
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
