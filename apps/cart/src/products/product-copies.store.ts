import type { events } from '@hemline/contracts';
import type { Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';

@Injectable()
export class ProductCopiesStore {
  /**
   * Takes a product as catalog last told of it, in one statement. A sku that it no longer has is
   * withdrawn, as of the fact that first lacked it. A sku that went from one product to another belongs
   * to the later fact, whichever of the two products is heard of first: so this table is the same
   * however the facts of different products interleave, and can be made again from them.
   */
  async save(tx: Transaction, product: events.ProductChanged, asOf: string): Promise<void> {
    await tx.query({
      name: 'product_copies.save',
      text: `
        with told as (
          select distinct on (sku) * from jsonb_to_recordset($5::jsonb) as v (
            sku text, options jsonb, image jsonb, amount bigint, currency text, price_version int)),
        gone as (
          update product_copies set is_withdrawn = true, as_of = $6
          where product_id = $1 and as_of <= $6 and not is_withdrawn
            and sku not in (select sku from told))
        insert into product_copies (sku, product_id, handle, title, options, image, price_minor,
          currency, price_version, is_withdrawn, as_of)
        select sku, $1, $2, $3, options, nullif(image, 'null'), amount, currency, price_version, not $4, $6
        from told
        on conflict (sku) do update set
          product_id = excluded.product_id, handle = excluded.handle, title = excluded.title,
          options = excluded.options, image = excluded.image, price_minor = excluded.price_minor,
          currency = excluded.currency, price_version = excluded.price_version,
          is_withdrawn = excluded.is_withdrawn, as_of = excluded.as_of
        where product_copies.as_of <= excluded.as_of`,
      values: [
        product.productId,
        product.handle,
        product.title,
        product.published,
        JSON.stringify(product.variants.map(toColumns)),
        asOf,
      ],
    });
  }

  async withdraw(tx: Transaction, productId: string, asOf: string): Promise<void> {
    await tx.query({
      name: 'product_copies.withdraw',
      text: `update product_copies set is_withdrawn = true, as_of = $2
             where product_id = $1 and as_of <= $2 and not is_withdrawn`,
      values: [productId, asOf],
    });
  }
}

const toColumns = (variant: events.ProductChanged['variants'][number]): object => ({
  sku: variant.sku,
  options: variant.options,
  image: variant.image,
  amount: variant.price.amount,
  currency: variant.price.currency,
  price_version: variant.priceVersion,
});
