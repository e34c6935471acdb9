/**
 * What a list shows, as its address says it: the same parameters as catalog's `GET /products`. Empty
 * fields of the form, and what nobody knows, are left out, and the order is always the same, so that
 * one list has one address (and one place in the cache).
 */
export type ListQuery = readonly (readonly [name: string, value: string])[];

const maxEntries = 40;
const maxLength = 120;

export const sorts = {
  relevance: 'Best match',
  newest: 'Newest',
  price: 'Price, low to high',
  '-price': 'Price, high to low',
  title: 'Name',
} as const;

const rules: Readonly<Record<string, RegExp>> = {
  q: /\S/,
  category: /\S/,
  vendor: /\S/,
  minPrice: /^[0-9]{1,12}$/,
  maxPrice: /^[0-9]{1,12}$/,
  inStock: /^true$/,
  sort: new RegExp(`^(${Object.keys(sorts).join('|')})$`),
  limit: /^([1-9]|[1-9][0-9]|100)$/,
  cursor: /^[\x21-\x7e]+$/,
};
const repeatable = /^(category|vendor|option\..+)$/;
const maxCursorLength = 1_000;

const isKnown = (name: string, value: string): boolean => {
  if (value.length > (name === 'cursor' ? maxCursorLength : maxLength)) return false;
  if (/^option\..{1,60}$/.test(name)) return value !== '';
  return Object.hasOwn(rules, name) && (rules[name]?.test(value) ?? false);
};

export const parseListQuery = (search: string): ListQuery => {
  const seen = new Set<string>();
  const kept: [string, string][] = [];
  for (const [name, raw] of new URLSearchParams(search)) {
    const value = raw.trim();
    const identity = repeatable.test(name) ? `${name}=${value}` : name;
    if (kept.length >= maxEntries || seen.has(identity) || !isKnown(name, value)) continue;
    seen.add(identity);
    kept.push([name, value]);
  }
  return withPricesInOrder(kept).toSorted(([a, x], [b, y]) =>
    a === b ? compare(x, y) : compare(a, b),
  );
};

/** "From 60 to 20" is as clear as "from 20 to 60". */
const withPricesInOrder = (query: [string, string][]): ListQuery => {
  const [min, max] = [valueOf(query, 'minPrice'), valueOf(query, 'maxPrice')];
  if (min === undefined || max === undefined || BigInt(min) <= BigInt(max)) return query;
  return query.map(([name, value]) => {
    if (name === 'minPrice') return [name, max];
    return name === 'maxPrice' ? [name, min] : [name, value];
  });
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const toSearch = (query: ListQuery): string =>
  new URLSearchParams(query.map(([name, value]) => [name, value])).toString();

export const listPath = (query: ListQuery): string => {
  const search = toSearch(query).replaceAll('%2F', '/');
  return search ? `/products?${search}` : '/products';
};

export const valueOf = (query: ListQuery, name: string): string | undefined =>
  query.find(([key]) => key === name)?.[1];

/** The same list without some of its conditions, from its first page. */
export const without = (query: ListQuery, name: string, value?: string): ListQuery =>
  query.filter(
    ([key, each]) => key !== 'cursor' && !(key === name && (value === undefined || each === value)),
  );

export const withCursor = (query: ListQuery, cursor: string): ListQuery => [
  ...query.filter(([key]) => key !== 'cursor'),
  ['cursor', cursor],
];

/** Conditions that narrow the list, without how it is sorted and cut into pages. */
export const conditions = (query: ListQuery): ListQuery =>
  query.filter(([name]) => !['sort', 'cursor', 'limit'].includes(name));

/**
 * People type prices as "20" or "19,50" into the form's `from` and `to`; addresses carry minor units.
 * Returns the address that they meant, or undefined where the form did not come.
 */
export const typedPricesPath = (search: string, decimals: number): string | undefined => {
  const parameters = new URLSearchParams(search);
  if (!parameters.has('from') && !parameters.has('to')) return undefined;
  for (const [field, name] of [
    ['from', 'minPrice'],
    ['to', 'maxPrice'],
  ] as const) {
    const minor = toMinorUnits(parameters.get(field) ?? '', decimals);
    parameters.delete(field);
    if (minor === undefined) parameters.delete(name);
    else parameters.set(name, minor);
  }
  return listPath(parseListQuery(parameters.toString()));
};

const toMinorUnits = (typed: string, decimals: number): string | undefined => {
  const [, whole, fraction = ''] =
    /^[^0-9-]{0,3}([0-9]{1,9})(?:[.,]([0-9]{0,3}))?$/.exec(typed.trim()) ?? [];
  if (whole === undefined) return undefined;
  const minor = whole + fraction.slice(0, decimals).padEnd(decimals, '0');
  return minor.replace(/^0+(?=.)/, '');
};
