import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { GoodsGrid } from '../../goods/goods-card.tsx';
import { money } from '../../goods/price.tsx';
import { OldStock, newestOf } from '../../goods/stock.tsx';
import { Document } from '../../layout/document.tsx';
import { Held } from '../../layout/held.tsx';
import { GrainLine } from '../../layout/marks.tsx';
import { categoryPath } from '../../layout/paths.ts';
import type { Shop } from '../../layout/shop.ts';
import { Filters } from './filters.tsx';
import {
  type ListQuery,
  conditions,
  listPath,
  sorts,
  valueOf,
  withCursor,
  without,
} from './list-query.ts';

export type ListProps = {
  readonly shop: Shop;
  readonly query: ListQuery;
  readonly list: catalogApi.ProductList;
  readonly now: Date;
  /** Since when catalog has not answered, where this is an old list. */
  readonly heldSince?: Date | undefined;
};

export const cardSizes = '(min-width: 64rem) 260px, (min-width: 48rem) 30vw, calc(50vw - 1.6rem)';

export const ListPage = ({ shop, query, list, now, heldSince }: ListProps): JSX.Element => {
  const words = valueOf(query, 'q');
  const title = titleOf(query, list);
  const isPlain = conditions(query).every(([name]) => name === 'category');
  return (
    <Document
      shop={shop}
      title={title}
      description={`${title}: ${list.total} things to wear and to live with, at Hemline.`}
      canonicalPath={listPath(conditions(query))}
      isIndexed={isPlain && valueOf(query, 'cursor') === undefined}
      {...(words !== undefined && { words })}
    >
      {heldSince ? (
        <Held since={heldSince} />
      ) : (
        <OldStock asOf={stockAsOf(list)} now={now} class="notice" />
      )}
      <div class="list-head">
        <h1>{title}</h1>
        <p class="list-total">{list.total === 1 ? '1 thing' : `${list.total} things`}</p>
      </div>
      <Chips query={query} list={list} />
      <div class="list">
        <Filters query={query} list={list} />
        <section class="list-goods" aria-label="Goods">
          {list.items.length === 0 ? (
            <NothingFound query={query} shop={shop} />
          ) : (
            <>
              <Sort query={query} />
              <GoodsGrid
                items={list.items}
                imagesUrl={shop.imagesUrl}
                sizes={cardSizes}
                headingLevel="h2"
                isAtTop
              />
              <Paging query={query} next={list.next} />
            </>
          )}
        </section>
      </div>
    </Document>
  );
};

const stockAsOf = ({ items }: catalogApi.ProductList): readonly string[] =>
  newestOf(items.map(({ availability }) => availability.asOf));

const facetTitle = (list: catalogApi.ProductList, name: string, value: string): string =>
  list.facets
    .find(({ parameter }) => parameter === name)
    ?.values.find((each) => each.value === value)?.title ?? value;

const titleOf = (query: ListQuery, list: catalogApi.ProductList): string => {
  const words = valueOf(query, 'q');
  if (words !== undefined) return `“${words}”`;
  const categories = query.filter(([name]) => name === 'category');
  const only = categories.length === 1 ? categories[0]?.[1] : undefined;
  if (only !== undefined) return categoryTitle(list, only);
  return valueOf(query, 'sort') === 'newest' && conditions(query).length === 0
    ? 'New in the shop'
    : 'Everything';
};

const categoryTitle = (list: catalogApi.ProductList, path: string): string => {
  const title = facetTitle(list, 'category', path);
  if (title !== path) return title;
  const last = path.split('/').at(-1) ?? path;
  return last.charAt(0).toUpperCase() + last.slice(1).replaceAll('-', ' ');
};

const chipTitle = (list: catalogApi.ProductList, name: string, value: string): string => {
  const currency = list.items[0]?.priceRange.min.currency ?? 'EUR';
  if (name === 'minPrice') return `from ${money({ amount: value, currency })}`;
  if (name === 'maxPrice') return `up to ${money({ amount: value, currency })}`;
  if (name === 'inStock') return 'In stock';
  if (name === 'category') return categoryTitle(list, value);
  return name === 'q' ? `“${value}”` : facetTitle(list, name, value);
};

const Chips = ({ query, list }: Pick<ListProps, 'query' | 'list'>): JSX.Element | null => {
  const chosen = conditions(query);
  if (chosen.length === 0) return null;
  return (
    <ul class="chips" aria-label="Chosen filters">
      {chosen.map(([name, value]) => (
        <li>
          <a href={listPath(without(query, name, value))} class="chip">
            <span class="vh">Remove </span>
            {chipTitle(list, name, value)}
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
              <path d="M2 2l8 8M10 2l-8 8" />
            </svg>
          </a>
        </li>
      ))}
      {chosen.length > 1 && (
        <li>
          <a href="/products" class="chip chip-all">
            Remove all
          </a>
        </li>
      )}
    </ul>
  );
};

const Sort = ({ query }: Pick<ListProps, 'query'>): JSX.Element => {
  // The order that a list has anyway is not said in its address.
  const usual = valueOf(query, 'q') === undefined ? 'newest' : 'relevance';
  const chosen = valueOf(query, 'sort') ?? usual;
  return (
    <p class="sort">
      <label for="sort">Sort by</label>
      <select id="sort" name="sort" form="filters">
        {Object.entries(sorts)
          .filter(([value]) => value !== 'relevance' || usual === 'relevance')
          .map(([value, title]) => (
            <option value={value === usual ? '' : value} selected={value === chosen}>
              {title}
            </option>
          ))}
      </select>
      <button class="button-quiet without-script" form="filters" type="submit">
        Sort
      </button>
    </p>
  );
};

const Paging = ({
  query,
  next,
}: {
  readonly query: ListQuery;
  readonly next: string | null;
}): JSX.Element | null => {
  const isFirst = valueOf(query, 'cursor') === undefined;
  if (isFirst && next === null) return null;
  return (
    <nav class="paging" aria-label="Pages">
      {!isFirst && <a href={listPath(without(query, 'cursor'))}>First page</a>}
      {next !== null && (
        <a class="way-on" rel="next" href={listPath(withCursor(query, next))}>
          Next page <GrainLine />
        </a>
      )}
    </nav>
  );
};

const NothingFound = ({ query, shop }: Pick<ListProps, 'query' | 'shop'>): JSX.Element => {
  const words = valueOf(query, 'q');
  const others = conditions(query).filter(([name]) => name !== 'q');
  return (
    <div class="on-paper">
      <h2>Nothing here fits that.</h2>
      {words !== undefined && others.length > 0 && (
        <p>
          Perhaps a filter is too tight: look for{' '}
          <a href={listPath([['q', words]])}>“{words}” without filters</a>.
        </p>
      )}
      {words !== undefined && others.length === 0 && (
        <p>
          We looked for “{words}” and for words like it. A shorter word often finds more: “linen”,
          “shirt”, “blue”.
        </p>
      )}
      {words === undefined && <p>Take a filter away above, or begin from a department.</p>}
      <ul class="plain-links">
        {shop.categories.map(({ path, title }) => (
          <li>
            <a href={categoryPath(path)}>{title}</a>
          </li>
        ))}
        <li>
          <a href="/products">Everything</a>
        </li>
      </ul>
    </div>
  );
};
