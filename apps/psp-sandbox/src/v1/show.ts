import type { Collection } from '../account/collection.ts';
import { type Lookup, expand } from '../stripe/expand.ts';
import type { PageParams } from '../stripe/params.ts';
import type { Handled } from '../exchange/exchange.ts';
import { pageOf } from './pages.ts';

/** One object, with what it was asked to be shown with. */
export const show = (
  object: object,
  params: { readonly expand?: readonly string[] | undefined },
  find: Lookup,
): Handled => ({ show: expand(object, params.expand ?? [], find) });

type Identified = { readonly id: string; readonly created: number };

type Listing<Item extends Identified> = {
  readonly collection: Collection<Item>;
  readonly params: PageParams;
  readonly toObject: (item: Item) => object;
  readonly find: Lookup;
  readonly isWanted?: (item: Item) => boolean;
};

/** One page in Stripe's envelope. */
export const showPage = <Item extends Identified>(
  url: string,
  { collection, params, toObject, find, isWanted }: Listing<Item>,
): Handled => {
  const { items, hasMore } = pageOf(collection, params, isWanted);
  const list = { object: 'list', url, has_more: hasMore, data: items.map(toObject) };
  return { show: expand(list, params.expand ?? [], find) };
};
