import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import type { Terms } from '../search/search.store.ts';
import type { FacetRow } from './facets.ts';
import type { Filter } from './list-query.ts';
import { conditions, isOfVariants, toParameters } from './list.store.ts';

const { words, category, vendor, price, stock, option1, option2, option3 } = conditions;

/**
 * A value's count is of the products that choosing it would show beside what is chosen elsewhere: a
 * facet's own choice narrows every count but its own. So each row carries a flag for each facet, and a
 * facet counts the rows that pass all flags but its own.
 *
 * Where the filter says something of variants, the rows are variants, as Blue and M must be the same
 * one; $11 to $13 are the names of the options in $8 to $10.
 */
const byVariant = `
  with base as materialized (
    select p.id, p.vendor, p.category_paths, p.category_titles, v.options,
      ${category} as of_category, ${vendor} as of_vendor,
      ${option1} as of_1, ${option2} as of_2, ${option3} as of_3
    from products p join variants v on v.product_id = p.id
    where p.published and ${words} and ${price} and ${stock}
  ), chosen as materialized (
    select *, of_1 and of_2 and of_3 as of_options from base
  )
  select 'total' as facet, null as value, null as title, count(distinct id)::int as count
  from chosen where of_category and of_vendor and of_options
  union all
  select 'category', path, min(title), count(distinct id)::int
  from chosen cross join unnest(category_paths, category_titles) as level (path, title)
  where of_vendor and of_options group by path
  union all
  select 'vendor', vendor, vendor, count(distinct id)::int
  from chosen where of_category and of_options group by vendor
  union all
  select 'option ' || name, value, value, count(*)::int
  from (
    select distinct c.id, option.key as name, option.value
    from chosen c cross join jsonb_each_text(c.options) as option
    where c.of_category and c.of_vendor
      and (c.of_1 or option.key = $11) and (c.of_2 or option.key = $12) and (c.of_3 or option.key = $13)
  ) as offered
  group by name, value`;

/** Where it says nothing of variants, the rows are products, with the values that their variants have. */
const byProduct = `
  with chosen as materialized (
    select p.id, p.vendor, p.category_paths, p.category_titles, p.option_values,
      ${category} as of_category, ${vendor} as of_vendor
    from products p
    where p.published and ${words}
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
  select 'option ' || option.key, offered, offered, count(*)::int
  from chosen
  cross join jsonb_each(option_values) as option
  cross join jsonb_array_elements_text(option.value) as offered
  where of_category and of_vendor
  group by option.key, offered`;

@Injectable()
export class FacetsStore {
  constructor(private readonly database: Database) {}

  async count(filter: Filter, search: Terms | null): Promise<FacetRow[]> {
    const parameters = toParameters(filter, search);
    const { rows } = await this.database.query<FacetRow>(
      isOfVariants(filter)
        ? {
            text: byVariant,
            values: [...parameters, ...[0, 1, 2].map((i) => filter.options[i]?.name ?? null)],
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
