import type { TopicName } from '@hemline/contracts';
import type { Queryable, Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { type Cart, type Change, type Line, byAge, maxLines, maxQuantity } from './cart.ts';
import type { CartSnapshot, ProductCopy, StockCopy } from './cart-view.ts';

/** Who may see a cart: whoever has its token. The check is part of every statement. */
export type CartAccess = { readonly id: string; readonly tokenHash: Buffer };

type StoredLines = Readonly<Record<string, Omit<Line, 'sku'>>>;
type StoredProduct = Omit<ProductCopy, 'price' | 'asOf'> & {
  readonly price: string;
  readonly currency: string;
  readonly asOf: string;
};
type StoredStock = Omit<StockCopy, 'asOf'> & { readonly asOf: string };
type CartRow = Pick<Cart, 'id' | 'status' | 'version'> & { readonly lines: StoredLines };
type SnapshotRow = CartRow & {
  readonly read_at: Date;
  readonly products: Readonly<Record<string, StoredProduct>> | null;
  readonly stock: Readonly<Record<string, StoredStock>> | null;
};

/** Whether a copy stands still behind an event that could not be applied. */
const isParked = (topic: TopicName, key: string): string => `exists (
        select from parked_aggregates k where k.topic = '${topic}' and k.aggregate_id = ${key})`;

/**
 * A cart and the copies for its lines in one go. In a RETURNING clause `carts.lines` is the new value,
 * so that a change answers with the cart that it made.
 */
const snapshot = `
  carts.id, carts.status, carts.version, carts.lines, now() as read_at,
  (select jsonb_object_agg(p.sku, jsonb_build_object(
      'handle', p.handle, 'title', p.title, 'options', p.options, 'image', p.image,
      'price', p.price_minor::text, 'currency', p.currency, 'priceVersion', p.price_version,
      'isWithdrawn', p.is_withdrawn, 'asOf', p.as_of,
      'isParked', ${isParked('catalog.products', 'p.product_id::text')}))
    from product_copies p
    where p.sku = any (array(select jsonb_object_keys(carts.lines)))) as products,
  (select jsonb_object_agg(s.sku, jsonb_build_object('available', s.available, 'asOf', s.as_of,
      'isParked', ${isParked('payments.stock', 's.sku')}))
    from stock_copies s
    where s.sku = any (array(select jsonb_object_keys(carts.lines)))) as stock`;

@Injectable()
export class CartsStore {
  async create(db: Queryable, { id, tokenHash }: CartAccess): Promise<CartSnapshot> {
    const { rows } = await db.query<SnapshotRow>({
      name: 'carts.create',
      text: `insert into carts (id, token_hash) values ($1, $2)
             returning id, status, version, lines, now() as read_at, null as products, null as stock`,
      values: [id, tokenHash],
    });
    return toSnapshot(rows[0] as SnapshotRow);
  }

  async find(db: Queryable, { id, tokenHash }: CartAccess): Promise<CartSnapshot | undefined> {
    const { rows } = await db.query<SnapshotRow>({
      name: 'carts.find',
      text: `select ${snapshot} from carts where id = $1 and token_hash = $2`,
      values: [id, tokenHash],
    });
    return rows[0] && toSnapshot(rows[0]);
  }

  /**
   * Adds to a line, or sets it. Two at once wait for each other on the row, and PostgreSQL evaluates
   * every expression here again on the row as the first one left it, so that neither is lost and no
   * limit is passed. Undefined if a condition does not hold: `assertCanChange` knows which.
   */
  async putLine(
    db: Queryable,
    { id, tokenHash }: CartAccess,
    { kind, sku, quantity, quote, versions }: Change,
  ): Promise<CartSnapshot | undefined> {
    const { rows } = await db.query<SnapshotRow>({
      name: 'carts.put_line',
      text: `
        update carts set
          version = version + 1,
          updated_at = now(),
          lines = lines || jsonb_build_object($3::text, jsonb_build_object(
            'quantity', $5::int + ${quantityBefore},
            'addedIn', coalesce(lines -> $3 -> 'addedIn', to_jsonb(version + 1)),
            'quote', case
              when $6::jsonb is null then lines -> $3 -> 'quote'
              when (lines -> $3 -> 'quote' ->> 'iat')::bigint > ($6::jsonb ->> 'iat')::bigint
                then lines -> $3 -> 'quote'
              else $6::jsonb end))
        where id = $1 and token_hash = $2 and status = 'open'
          and ($7::int[] is null or version = any ($7))
          and (lines ? $3 or $6::jsonb is not null)
          and $5 + ${quantityBefore} <= ${maxQuantity}
          and (lines ? $3 or (select count(*) from jsonb_object_keys(lines)) < ${maxLines})
          and not exists (
            select from jsonb_each(lines) other
            where other.key <> $3
              and other.value -> 'quote' ->> 'currency' <> $6::jsonb ->> 'currency')
        returning ${snapshot}`,
      values: [id, tokenHash, sku, kind, quantity, quote && JSON.stringify(quote), versions],
    });
    return rows[0] && toSnapshot(rows[0]);
  }

  async removeLine(
    db: Queryable,
    { id, tokenHash }: CartAccess,
    { sku, versions }: Change,
  ): Promise<CartSnapshot | undefined> {
    const { rows } = await db.query<SnapshotRow>({
      name: 'carts.remove_line',
      text: `update carts set version = version + 1, updated_at = now(), lines = lines - $3
             where id = $1 and token_hash = $2 and status = 'open' and lines ? $3
               and ($4::int[] is null or version = any ($4))
             returning ${snapshot}`,
      values: [id, tokenHash, sku, versions],
    });
    return rows[0] && toSnapshot(rows[0]);
  }

  /** Several carts of which each token is known, locked in the order of their ids. */
  async lock(tx: Transaction, accesses: readonly CartAccess[]): Promise<Map<string, Cart>> {
    const { rows } = await tx.query<CartRow>({
      name: 'carts.lock',
      text: `select c.id, c.status, c.version, c.lines from carts c
             join unnest($1::uuid[], $2::bytea[]) as mine (id, token_hash) using (id, token_hash)
             order by c.id for update of c`,
      values: [accesses.map(({ id }) => id), accesses.map(({ tokenHash }) => tokenHash)],
    });
    return new Map(rows.map((row) => [row.id, toCart(row)]));
  }

  /** The cart that now holds what was put into cart `id`: itself, or the one it was merged into. */
  async lockHeir(tx: Transaction, id: string): Promise<Cart | undefined> {
    const { rows } = await tx.query<CartRow>({
      name: 'carts.lock_heir',
      text: `with recursive heir (id, merged_into, hops) as (
               select id, merged_into, 0 from carts where id = $1
               union all
               select c.id, c.merged_into, hops + 1 from heir h join carts c on c.id = h.merged_into
               where hops < 20)
             select id, status, version, lines from carts
             where id = (select id from heir order by hops desc limit 1) for update`,
      values: [id],
    });
    return rows[0] && toCart(rows[0]);
  }

  async saveLines(tx: Transaction, id: string, lines: readonly Line[]): Promise<void> {
    await tx.query({
      name: 'carts.save_lines',
      text: `update carts set version = version + 1, updated_at = now(), lines = $2 where id = $1`,
      values: [id, JSON.stringify(toStoredLines(lines))],
    });
  }

  /** From here on the cart takes nothing; where its lines went is kept. */
  async close(tx: Transaction, id: string, mergedInto?: string): Promise<void> {
    await tx.query({
      name: 'carts.close',
      text: `update carts set version = version + 1, updated_at = now(), lines = '{}',
               status = 'closed', merged_into = $2
             where id = $1`,
      values: [id, mergedInto],
    });
  }
}

/** What the line $3 holds already, where $4 says to add to it. */
const quantityBefore = `case when $4 = 'add' then coalesce((lines -> $3 ->> 'quantity')::int, 0) else 0 end`;

const toStoredLines = (lines: readonly Line[]): StoredLines =>
  Object.fromEntries(lines.map(({ sku, ...line }) => [sku, line]));

const toCart = ({ id, status, version, lines }: CartRow): Cart => ({
  id,
  status,
  version,
  lines: Object.entries(lines)
    .map(([sku, line]) => ({ sku, ...line }))
    .toSorted(byAge),
});

const toSnapshot = (row: SnapshotRow): CartSnapshot => ({
  cart: toCart(row),
  readAt: row.read_at,
  products: new Map(
    Object.entries(row.products ?? {}).map(([sku, { price, currency, asOf, ...rest }]) => [
      sku,
      { ...rest, price: { amount: BigInt(price), currency }, asOf: new Date(asOf) },
    ]),
  ),
  stock: new Map(
    Object.entries(row.stock ?? {}).map(([sku, { asOf, ...rest }]): [string, StockCopy] => [
      sku,
      { ...rest, asOf: new Date(asOf) },
    ]),
  ),
});
