import type { Collection } from '../account/collection.ts';
import type { PageParams } from '../stripe/params.ts';
import { missing } from '../stripe/stripe-error.ts';

type Identified = { readonly id: string; readonly created: number };
type Range = {
  gt?: number | undefined;
  gte?: number | undefined;
  lt?: number | undefined;
  lte?: number | undefined;
};

export type Page<Item> = { readonly items: readonly Item[]; readonly hasMore: boolean };

type Asked = Pick<PageParams, 'limit' | 'starting_after' | 'ending_before' | 'created'>;

const toRange = (created: PageParams['created']): Range =>
  typeof created === 'number' ? { gte: created, lte: created } : (created ?? {});

const isBefore = (item: Identified, { gt, gte }: Range): boolean =>
  (gt !== undefined && item.created <= gt) || (gte !== undefined && item.created < gte);
const isAfter = (item: Identified, { lt, lte }: Range): boolean =>
  (lt !== undefined && item.created >= lt) || (lte !== undefined && item.created > lte);

/**
 * One page of a list, newest first, as Stripe pages: `starting_after` goes on to older ones,
 * `ending_before` back to newer ones. The collection is in order of time, so a page that reaches the
 * end of its time range stops there.
 */
export const pageOf = <Item extends Identified>(
  collection: Collection<Item>,
  asked: Asked,
  isWanted: (item: Item) => boolean = () => true,
): Page<Item> => {
  const { ending_before: before, starting_after: after, limit } = asked;
  const range = toRange(asked.created);
  const step = before === undefined ? -1 : 1;
  const found: Item[] = [];
  let place = startOf(collection, before, after);
  for (; found.length <= limit; place += step) {
    const item = collection.at(place);
    if (!item || (step < 0 ? isBefore(item, range) : isAfter(item, range))) break;
    if (!isBefore(item, range) && !isAfter(item, range) && isWanted(item)) found.push(item);
  }
  const items = found.slice(0, limit);
  return { items: step < 0 ? items : items.reverse(), hasMore: found.length > limit };
};

const startOf = <Item extends Identified>(
  collection: Collection<Item>,
  before: string | undefined,
  after: string | undefined,
): number => {
  if (before !== undefined) return placeOf(collection, before, 'ending_before') + 1;
  if (after !== undefined) return placeOf(collection, after, 'starting_after') - 1;
  return collection.size - 1;
};

const placeOf = <Item extends Identified>(
  collection: Collection<Item>,
  id: string,
  param: string,
): number => {
  const place = collection.placeOf(id);
  if (place === undefined) throw missing('object', id, param);
  return place;
};
