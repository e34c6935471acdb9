import type { catalogApi } from '@hemline/contracts';
import { currencyExponent } from '@hemline/money';
import type { JSX } from 'preact';
import { toMajorUnits } from '../../goods/price.tsx';
import { compareSizes } from '../../goods/sizes.ts';
import { type ListQuery, conditions, valueOf } from './list-query.ts';

type FiltersProps = { readonly query: ListQuery; readonly list: catalogApi.ProductList };

const shownValues = 8;
const maxValues = 40;
const titles: Readonly<Record<string, string>> = { category: 'Department', vendor: 'Maker' };

/** One GET form: its fields are the address, so a list can be kept, sent and gone back to. */
export const Filters = ({ query, list }: FiltersProps): JSX.Element => {
  const words = valueOf(query, 'q');
  const count = conditions(query).filter(([name]) => name !== 'q').length;
  return (
    <details class="filters">
      <summary>Filter{count > 0 && ` (${count} chosen)`}</summary>
      <form id="filters" action="/products" data-live>
        {words !== undefined && <input type="hidden" name="q" value={words} />}
        {list.facets
          .filter(({ values }) => values.length > 0)
          .map((facet) => (
            <Facet facet={facet} />
          ))}
        <PriceRange query={query} list={list} />
        <fieldset>
          <legend>Stock</legend>
          <label class="tick">
            <input
              type="checkbox"
              name="inStock"
              value="true"
              checked={valueOf(query, 'inStock') === 'true'}
            />
            <span>In stock only</span>
          </label>
        </fieldset>
        <button class="button-quiet" type="submit">
          Show these
        </button>
      </form>
    </details>
  );
};

type FacetValue = catalogApi.Facet['values'][number];

const Facet = ({ facet }: { readonly facet: catalogApi.Facet }): JSX.Element => {
  const { shown, rest } = split(facet);
  return (
    <fieldset>
      <legend>{titles[facet.name] ?? facet.name}</legend>
      {shown.map((value) => (
        <Tick parameter={facet.parameter} {...value} />
      ))}
      {rest.length > 0 && (
        <details class="more">
          <summary>{rest.length} more</summary>
          {rest.map((value) => (
            <Tick parameter={facet.parameter} {...value} />
          ))}
        </details>
      )}
    </fieldset>
  );
};

/** The most frequent are shown, and all that is chosen; each part in the order of a size rail. */
export const split = (
  facet: catalogApi.Facet,
): { readonly shown: FacetValue[]; readonly rest: FacetValue[] } => {
  const byUse = facet.values.toSorted((a, b) => Number(b.selected) - Number(a.selected));
  const count = byUse.length <= shownValues + 2 ? byUse.length : shownValues;
  const inOrder = (values: FacetValue[]): FacetValue[] =>
    /size/i.test(facet.name) ? values.toSorted((a, b) => compareSizes(a.value, b.value)) : values;
  return {
    shown: inOrder(facet.values.filter((value) => byUse.indexOf(value) < count)),
    rest: inOrder(byUse.slice(count, maxValues)),
  };
};

const Tick = ({
  parameter,
  value,
  title,
  count,
  selected,
}: FacetValue & { readonly parameter: string }): JSX.Element => (
  <label class={parameter === 'category' && value.includes('/') ? 'tick tick-branch' : 'tick'}>
    <input type="checkbox" name={parameter} value={value} checked={selected} />
    <span>{title}</span>
    <span class="tick-count">
      {count}
      <span class="vh"> found</span>
    </span>
  </label>
);

const PriceRange = ({ query, list }: FiltersProps): JSX.Element => {
  const currency = list.items[0]?.priceRange.min.currency ?? 'EUR';
  return (
    <fieldset>
      <legend>Price, {currency}</legend>
      <div class="price-range">
        <PriceField name="from" title="From" minor={valueOf(query, 'minPrice')} {...{ currency }} />
        <PriceField name="to" title="To" minor={valueOf(query, 'maxPrice')} {...{ currency }} />
      </div>
    </fieldset>
  );
};

type PriceFieldProps = {
  readonly name: 'from' | 'to';
  readonly title: string;
  readonly minor: string | undefined;
  readonly currency: string;
};

const PriceField = ({ name, title, minor, currency }: PriceFieldProps): JSX.Element => (
  <label>
    <span>{title}</span>
    <input
      name={name}
      inputmode="decimal"
      autocomplete="off"
      maxlength={12}
      value={minor === undefined ? '' : toMajorUnits(minor, currencyExponent(currency))}
    />
  </label>
);
