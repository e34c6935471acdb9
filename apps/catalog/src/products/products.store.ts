import { Injectable } from '@nestjs/common';
import type { Transaction } from '@hemline/postgres';
import type { Product } from './product.ts';
import type { PriceVersion, ProductRows } from './product-rows.ts';

export type ProductState = {
  readonly id: string;
  readonly version: number;
  readonly contentHash: Buffer;
};

export type SkuState = {
  readonly sku: string;
  readonly owner: string | null;
  readonly price: PriceVersion | undefined;
};

type SkuRow = {
  sku: string;
  product_id: string | null;
  version: number | null;
  price_minor: bigint | null;
  currency: string | null;
};

type Save = {
  readonly id: string;
  readonly version: number;
  readonly contentHash: Buffer;
  readonly product: Product;
  readonly rows: ProductRows;
};

const toSkuState = (row: SkuRow): SkuState => ({
  sku: row.sku,
  owner: row.product_id,
  price:
    row.version === null || row.price_minor === null || row.currency === null
      ? undefined
      : {
          sku: row.sku,
          version: row.version,
          amount: row.price_minor.toString(),
          currency: row.currency,
        },
});

@Injectable()
export class ProductsStore {
  /** One writer a handle at a time, also while there is no row yet that could be locked. */
  async lock(tx: Transaction, handle: string): Promise<ProductState | undefined> {
    await tx.query({
      name: 'products.lock',
      text: `select pg_advisory_xact_lock(hashtextextended('product ' || $1, 0))`,
      values: [handle],
    });
    const { rows } = await tx.query<{ id: string; version: number; content_hash: Buffer }>({
      name: 'products.find',
      text: 'select id, version, content_hash from products where handle = $1 for update',
      values: [handle],
    });
    const row = rows[0];
    return row && { id: row.id, version: row.version, contentHash: row.content_hash };
  }

  /** Whose each sku is, and the last price that it had. */
  async findSkus(tx: Transaction, skus: readonly string[]): Promise<SkuState[]> {
    const { rows } = await tx.query<SkuRow>({
      name: 'products.find_skus',
      text: `
        select asked.sku, v.product_id, p.version, p.price_minor, p.currency
        from unnest($1::text[]) as asked (sku)
        left join variants v on v.sku = asked.sku
        left join lateral (
          select version, price_minor, currency from price_versions
          where sku = asked.sku order by version desc limit 1
        ) p on true`,
      values: [skus],
    });
    return rows.map(toSkuState);
  }

  /** How many of these prices are new; one that is there was just given to its sku by another. */
  async addPrices(tx: Transaction, prices: readonly PriceVersion[]): Promise<number> {
    if (prices.length === 0) return 0;
    const { rowCount } = await tx.query({
      name: 'products.add_prices',
      text: `
        insert into price_versions (sku, version, price_minor, currency)
        select sku, version, amount, currency
        from jsonb_to_recordset($1::jsonb) as p (sku text, version int, amount bigint, currency char(3))
        order by sku
        on conflict do nothing`,
      values: [JSON.stringify(prices)],
    });
    return rowCount ?? 0;
  }

  async save(tx: Transaction, { id, version, contentHash, product, rows }: Save): Promise<void> {
    const { search } = rows;
    await tx.query({
      name: 'products.save',
      text: `
        with words as (
          insert into search_words (word) select unnest($22::text[]) on conflict do nothing
        )
        insert into products (id, handle, version, content_hash, published, title, vendor, category,
          category_paths, category_titles, item, detail, choices, image_ids,
          min_price_minor, max_price_minor, plain_title, document)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
          setweight(to_tsvector('catalog_english', $18) || to_tsvector('catalog_simple', $18), 'A') ||
          setweight(to_tsvector('catalog_english', $19) || to_tsvector('catalog_simple', $19), 'B') ||
          setweight(to_tsvector('catalog_english', $20) || to_tsvector('catalog_simple', $20), 'C') ||
          setweight(to_tsvector('catalog_english', $21), 'D'))
        on conflict (id) do update set
          version = excluded.version, content_hash = excluded.content_hash,
          published = excluded.published, title = excluded.title, vendor = excluded.vendor,
          category = excluded.category, category_paths = excluded.category_paths,
          category_titles = excluded.category_titles, item = excluded.item,
          detail = excluded.detail, choices = excluded.choices,
          image_ids = excluded.image_ids, min_price_minor = excluded.min_price_minor,
          max_price_minor = excluded.max_price_minor, plain_title = excluded.plain_title,
          document = excluded.document, updated_at = now()`,
      values: [
        id,
        product.handle,
        version,
        contentHash,
        product.published,
        product.title,
        product.vendor,
        product.category.path,
        product.category.paths,
        product.category.titles,
        JSON.stringify(rows.item),
        JSON.stringify(rows.detail),
        rows.choices,
        rows.imageIds,
        rows.minPrice,
        rows.maxPrice,
        rows.plainTitle,
        search.title,
        search.described,
        search.tags,
        search.description,
        rows.words,
      ],
    });
  }

  /** Puts these variants in place of those that the product had; how many of them were its to put. */
  async saveVariants(
    tx: Transaction,
    id: string,
    variants: ProductRows['variants'],
  ): Promise<number> {
    const { rowCount } = await tx.query({
      name: 'products.save_variants',
      text: `
        with given as (
          select * from jsonb_to_recordset($2::jsonb) as v (sku text, choices text[],
            price_minor bigint, currency char(3), price_version int, title text)
        ), gone as (
          delete from variants where product_id = $1 and sku not in (select sku from given)
        )
        insert into variants (sku, product_id, choices, price_minor, currency, price_version, title)
        select sku, $1, choices, price_minor, currency, price_version, title from given order by sku
        on conflict (sku) do update set
          choices = excluded.choices, price_minor = excluded.price_minor,
          currency = excluded.currency, price_version = excluded.price_version,
          title = excluded.title
        where variants.product_id = excluded.product_id`,
      values: [id, JSON.stringify(variants)],
    });
    return rowCount ?? 0;
  }

  /** Removes a product; answers with the skus that it had. */
  async remove(tx: Transaction, id: string): Promise<string[]> {
    const { rows } = await tx.query<{ sku: string }>({
      name: 'products.remove',
      text: `
        with removed as (delete from products where id = $1)
        select sku from variants where product_id = $1 order by sku`,
      values: [id],
    });
    return rows.map(({ sku }) => sku);
  }
}
