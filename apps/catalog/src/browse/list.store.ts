import type { catalogApi } from '@hemline/contracts';
import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { type StoredItem, toChoice } from '../products/product-rows.ts';
import type { Terms } from '../search/search.store.ts';
import type { Position } from './cursor.ts';
import type { Filter } from './list-query.ts';
import type { ImageCopy } from './overlay.ts';

export type ItemRow = {
  readonly item: StoredItem;
  readonly updated_at: Date;
  readonly available: bigint | null;
  /** When payments committed what was told first of its variants' stock, and the rest since. */
  readonly stock_as_of: Date | null;
  readonly is_parked: boolean | null;
  readonly pictures: Readonly<Record<string, ImageCopy>> | null;
};

export type PageRow = ItemRow & {
  readonly id: string;
  readonly sort_key: string;
  readonly as_of: Date;
};

type Order = {
  readonly key: string;
  readonly column: string;
  readonly direction: 'asc' | 'desc';
  /** What a position's key, a text, is compared as. */
  readonly bound: string;
};

const terms = `(to_tsquery('catalog_english', $1) || to_tsquery('catalog_simple', $1))`;
const meant = `(to_tsquery('catalog_english', $2) || to_tsquery('catalog_simple', $2))`;

/** A whole number, so that a cursor can hold it exactly. What finds the typed words comes first. */
const rank = `((p.document @@ ${terms})::int * 1000000 + (ts_rank(p.document, ${meant}) * 1000000)::int)`;

const orders: Readonly<Record<catalogApi.ProductSort, Order>> = {
  relevance: { key: rank, column: rank, direction: 'desc', bound: '$12::text::int' },
  newest: {
    key: '(extract(epoch from p.created_at) * 1000000)::bigint',
    column: 'p.created_at',
    direction: 'desc',
    bound: `('epoch'::timestamptz + $12::text::bigint * interval '1 microsecond')`,
  },
  price: {
    key: 'p.min_price_minor',
    column: 'p.min_price_minor',
    direction: 'asc',
    bound: '$12::text::bigint',
  },
  '-price': {
    key: 'p.min_price_minor',
    column: 'p.min_price_minor',
    direction: 'desc',
    bound: '$12::text::bigint',
  },
  title: {
    key: 'p.plain_title',
    column: 'p.plain_title collate "C"',
    direction: 'asc',
    bound: '$12::text',
  },
};

/**
 * The filter's conditions. A parameter that is null asks for nothing; as the statement has no name,
 * PostgreSQL plans it with the values at hand, and such a condition is gone before it is planned.
 */
export const conditions = {
  words: `($1::text is null or p.document @@ (${terms} || ${meant}))`,
  category: '($3::text[] is null or p.category_paths && $3)',
  vendor: '($4::text[] is null or p.vendor = any($4))',
  price:
    '($5::bigint is null or v.price_minor >= $5) and ($6::bigint is null or v.price_minor <= $6)',
  stock: '(not $7::boolean or s.available > 0)',
  option1: '($8::text[] is null or v.choices && $8)',
  option2: '($9::text[] is null or v.choices && $9)',
  option3: '($10::text[] is null or v.choices && $10)',
} as const;

/** Where nobody asks for stock, PostgreSQL leaves this join out. */
export const variants = 'variants v left join stock_copies s on s.sku = v.sku';

/** True where the filter says anything of variants: then one variant must be all that it says. */
export const isOfVariants = ({ options, minPrice, maxPrice, inStock }: Filter): boolean =>
  options.length > 0 || minPrice !== null || maxPrice !== null || inStock;

const orNull = <T>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list);

/** Parameters $1 to $10, in the order of `conditions`. */
export const toParameters = (filter: Filter, search: Terms | null): unknown[] => [
  search?.typed ?? null,
  search?.meant ?? null,
  orNull(filter.categories),
  orNull(filter.vendors),
  filter.minPrice,
  filter.maxPrice,
  filter.inStock,
  ...[0, 1, 2].map((i) => {
    const option = filter.options[i];
    return option ? option.values.map((value) => toChoice(option.name, value)) : null;
  }),
];

/** A product's prebuilt item, with the copies that its availability and pictures are made of. */
const itemColumns = `
  p.item, p.updated_at, stock.available, stock.as_of as stock_as_of, stock.is_parked,
  (select jsonb_object_agg(i.image_id, jsonb_build_array(i.width, i.height, i.placeholder))
   from image_copies i where i.image_id = any (p.image_ids)) as pictures`;
/** Whether the copy of stock `s` stands still behind an event that could not be applied. */
export const isParked = `exists (
  select from parked_aggregates k where k.topic = 'payments.stock' and k.aggregate_id = s.sku)`;

const itemStock = `
  cross join lateral (
    select sum(s.available) as available, min(s.as_of) as as_of, bool_or(${isParked}) as is_parked
    from variants v join stock_copies s on s.sku = v.sku where v.product_id = p.id
  ) stock`;

const pageText = ({ key, column, direction, bound }: Order): string => `
  with page as materialized (
    select p.id, (${key})::text as sort_key, row_number() over (order by ${column} ${direction}, p.id ${direction}) as place
    from products p
    where p.published and ${conditions.words} and ${conditions.category} and ${conditions.vendor}
      and (not $11::boolean or exists (
        select from ${variants}
        where v.product_id = p.id and ${conditions.price} and ${conditions.stock}
          and ${conditions.option1} and ${conditions.option2} and ${conditions.option3}))
      and ($12::text is null
        or (${column}, p.id) ${direction === 'asc' ? '>' : '<'} (${bound}, $13::uuid))
    order by ${column} ${direction}, p.id ${direction}
    limit $14
  )
  select page.id, page.sort_key, now() as as_of, ${itemColumns}
  from page join products p on p.id = page.id ${itemStock}
  order by page.place`;

const pageTexts: Readonly<Record<catalogApi.ProductSort, string>> = {
  relevance: pageText(orders.relevance),
  newest: pageText(orders.newest),
  price: pageText(orders.price),
  '-price': pageText(orders['-price']),
  title: pageText(orders.title),
};

type PageQuery = {
  readonly filter: Filter;
  readonly sort: catalogApi.ProductSort;
  readonly after: Position | null;
  readonly limit: number;
};

@Injectable()
export class ListStore {
  constructor(private readonly database: Database) {}

  /** The products of one page in order, and one more if there is another page. */
  async findPage(query: PageQuery, search: Terms | null): Promise<PageRow[]> {
    const { rows } = await this.database.query<PageRow>({
      text: pageTexts[query.sort],
      values: [
        ...toParameters(query.filter, search),
        isOfVariants(query.filter),
        query.after?.key ?? null,
        query.after?.id ?? null,
        query.limit + 1,
      ],
    });
    return rows;
  }

  /** Others of a category, newest first. */
  async findRelated(
    category: string,
    { except, limit }: { except: string; limit: number },
  ): Promise<ItemRow[]> {
    const { rows } = await this.database.query<ItemRow>({
      name: 'list.find_related',
      text: `
        with related as materialized (
          select id from products
          where published and category = $1 and handle <> $2
          order by created_at desc limit $3
        )
        select ${itemColumns}
        from related join products p on p.id = related.id ${itemStock}
        order by p.created_at desc`,
      values: [category, except, limit],
    });
    return rows;
  }
}
