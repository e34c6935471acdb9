import { catalogApi } from '@hemline/contracts';
import { z } from 'zod';
import { toPlain } from '../search/words.ts';
import { type Position, decodeCursor, toFingerprint } from './cursor.ts';

/** What products must be. Several values of one kind: any of them; several kinds: all of them. */
export type Filter = {
  /** Plain words, or empty. */
  readonly q: string;
  readonly categories: readonly string[];
  readonly vendors: readonly string[];
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly minPrice: bigint | null;
  readonly maxPrice: bigint | null;
  readonly inStock: boolean;
};

export type ListQuery = {
  readonly filter: Filter;
  /** Equal for two filters that mean the same. */
  readonly filterKey: string;
  readonly sort: catalogApi.ProductSort;
  readonly limit: number;
  readonly after: Position | null;
  /** Equal for two queries with the same answer. */
  readonly key: string;
};

export const maxQueryLength = 200;
const maxValues = 20;
/** As no product has more options. */
const maxOptions = 3;
const optionPrefix = 'option.';
const defaultLimit = 24;

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'has a character that is not text');

/** One value or several of a repeated parameter; an empty one, as a form sends it, is none. */
const values = (max: number) =>
  z
    .union([text(max), z.array(text(max)).max(maxValues, `has more than ${maxValues} values`)])
    .optional()
    .transform((value) => [...new Set([value ?? []].flat())].filter(Boolean).toSorted());

const single = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const price = single(z.string().regex(/^[0-9]{1,12}$/, 'must be a whole number of minor units'));

const yes = ['true', '1', 'on', 'yes'];
const no = ['false', '0', 'off', 'no'];

const raw = z.looseObject({
  q: single(text(maxQueryLength)),
  category: values(1000),
  vendor: values(255),
  'option.{name}': values(120),
  minPrice: price,
  maxPrice: price,
  inStock: single(z.enum([...yes, ...no], 'must be true or false')),
  sort: single(catalogApi.productSort),
  limit: single(z.string().regex(/^([1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')),
  cursor: single(z.string().max(2000)),
});

type Raw = z.infer<typeof raw>;
type Issues = z.core.$RefinementCtx;

const optionValues = values(120);

const toOptions = (query: Raw, issues: Issues): Filter['options'] => {
  const options: { name: string; values: string[] }[] = [];
  const unknown: string[] = [];
  for (const [parameter, value] of Object.entries(query)) {
    if (Object.hasOwn(raw.shape, parameter)) continue;
    const name = parameter.slice(optionPrefix.length);
    if (!parameter.startsWith(optionPrefix) || name.length === 0 || name.length > 60) {
      unknown.push(parameter);
      continue;
    }
    const { data, error } = optionValues.safeParse(value);
    for (const { message } of error?.issues ?? []) {
      issues.addIssue({ code: 'custom', path: [parameter], message });
    }
    if (data && data.length > 0) options.push({ name, values: data });
  }
  if (unknown.length > 0)
    issues.addIssue({ code: 'unrecognized_keys', keys: unknown, input: query });
  if (options.length > maxOptions) {
    const path = [`${optionPrefix}${options[maxOptions]?.name}`];
    const message = `is one more than the ${maxOptions} options that a product can have`;
    issues.addIssue({ code: 'custom', path, message });
  }
  return options.toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

const toFilter = (query: Raw, issues: Issues): Filter => {
  const minPrice = query.minPrice === undefined ? null : BigInt(query.minPrice);
  const maxPrice = query.maxPrice === undefined ? null : BigInt(query.maxPrice);
  if (minPrice !== null && maxPrice !== null && minPrice > maxPrice) {
    issues.addIssue({ code: 'custom', path: ['maxPrice'], message: 'is below minPrice' });
  }
  return {
    q: query.q === undefined ? '' : toPlain(query.q),
    categories: query.category,
    vendors: query.vendor,
    options: toOptions(query, issues),
    minPrice,
    maxPrice,
    inStock: query.inStock !== undefined && yes.includes(query.inStock),
  };
};

const toFilterKey = ({ q, categories, vendors, options, ...rest }: Filter): string =>
  JSON.stringify([
    q,
    categories,
    vendors,
    options.map(({ name, values: chosen }) => [name, chosen]),
    rest.minPrice?.toString(),
    rest.maxPrice?.toString(),
    rest.inStock,
  ]);

/** Without words nothing is more relevant than another, and the newest come first. */
const toSort = (
  sort: catalogApi.ProductSort = 'relevance',
  { q }: Filter,
): catalogApi.ProductSort => (sort === 'relevance' && q === '' ? 'newest' : sort);

export const listQuery = raw.transform((query, issues): ListQuery => {
  const filter = toFilter(query, issues);
  const filterKey = toFilterKey(filter);
  const sort = toSort(query.sort, filter);
  const limit = Number(query.limit ?? defaultLimit);
  let after: Position | null = null;
  if (query.cursor !== undefined) {
    const fingerprint = toFingerprint(sort, filterKey);
    const decoded = decodeCursor(query.cursor, { fingerprint, isNumber: sort !== 'title' });
    if ('fault' in decoded) {
      issues.addIssue({ code: 'custom', path: ['cursor'], message: decoded.fault });
    } else after = decoded;
  }
  const position = after ? ` ${after.key} ${after.id}` : '';
  return {
    filter,
    filterKey,
    sort,
    limit,
    after,
    key: `${sort} ${limit} ${filterKey}${position}`,
  };
});
