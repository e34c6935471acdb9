import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { toChoicePrefix } from '../products/product-rows.ts';
import type { Terms } from '../search/search.store.ts';
import type { FacetRow } from './facets.ts';
import type { Filter } from './list-query.ts';
import { conditions, isOfVariants, toParameters, variants } from './list.store.ts';

const { words, category, vendor, price, stock, option1, option2, option3 } = conditions;

/**
 * A value's count is of the products that choosing it would show beside what is chosen elsewhere: a
 * facet's own choice narrows every count but its own. So each row carries a flag for each facet, and a
 * facet counts the rows that pass all flags but its own.
 *
 * Where the filter says something of variants, options count variants, as Blue and M must be the same
 * one; $11 to $13 are what the choices of the options in $8 to $10 begin with.
 */
const byVariant = `
  with found as materialized (
    select p.id, p.vendor, p.category_paths, p.category_titles,
      ${category} as of_category, ${vendor} as of_vendor
    from products p
    where p.published and ${words}
  ), offered as materialized (
    select v.product_id, v.choices, ${option1} as of_1, ${option2} as of_2, ${option3} as of_3
    from ${variants}
    where v.product_id in (select id from found) and ${price} and ${stock}
  ), chosen as materialized (
    select * from found
    where id in (select product_id from offered where of_1 and of_2 and of_3)
  )
  select 'total' as facet, null as value, null as title, count(*)::int as count
  from chosen where of_category and of_vendor
  union all
  select 'category', path, min(title), count(*)::int
  from chosen cross join unnest(category_paths, category_titles) as level (path, title)
  where of_vendor group by path
  union all
  select 'vendor', vendor, vendor, count(*)::int
  from chosen where of_category group by vendor
  union all
  select 'option', choice, null, count(*)::int
  from (
    select distinct product_id, choice
    from (
      select product_id, of_1, of_2, of_3, unnest(choices) as choice
      from offered
      where product_id in (select id from found where of_category and of_vendor)
    ) each
    where (of_1 or starts_with(choice, $11)) and (of_2 or starts_with(choice, $12))
      and (of_3 or starts_with(choice, $13))
  ) counted
  group by choice`;

/** Where it says nothing of variants, the rows are products, with the values that their variants have. */
const byProduct = `
  with found as materialized (
    select p.vendor, p.category_paths, p.category_titles, p.choices,
      ${category} as of_category, ${vendor} as of_vendor
    from products p
    where p.published and ${words}
  )
  select 'total' as facet, null as value, null as title, count(*)::int as count
  from found where of_category and of_vendor
  union all
  select 'category', path, min(title), count(*)::int
  from found cross join unnest(category_paths, category_titles) as level (path, title)
  where of_vendor group by path
  union all
  select 'vendor', vendor, vendor, count(*)::int
  from found where of_category group by vendor
  union all
  select 'option', choice, null, count(*)::int
  from (select unnest(choices) as choice from found where of_category and of_vendor) each
  group by choice`;

const toPrefix = (name: string | undefined): string | null =>
  name === undefined ? null : toChoicePrefix(name);

@Injectable()
export class FacetsStore {
  constructor(private readonly database: Database) {}

  async count(filter: Filter, search: Terms | null): Promise<FacetRow[]> {
    const parameters = toParameters(filter, search);
    const { rows } = await this.database.query<FacetRow>(
      isOfVariants(filter)
        ? {
            text: byVariant,
            values: [...parameters, ...[0, 1, 2].map((i) => toPrefix(filter.options[i]?.name))],
          }
        : { text: byProduct, values: parameters.slice(0, 4) },
    );
    return rows;
  }

  /** How many published products each category has, with those below it. */
  async countCategories(): Promise<{ path: string; title: string; count: number }[]> {
    const { rows } = await this.database.query<{ path: string; title: string; count: number }>({
      name: 'facets.count_categories',
      text: `
        select level.path, min(level.title) as title, count(*)::int as count
        from products cross join unnest(category_paths, category_titles) as level (path, title)
        where published group by level.path`,
    });
    return rows;
  }
}
