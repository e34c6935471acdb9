import type { Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';

export type Stock = { readonly sku: string; readonly available: number; readonly asOf: string };

type Image = {
  readonly imageId: string;
  readonly width: number;
  readonly height: number;
  readonly placeholder: string;
  readonly asOf: string;
};

/** What the stock was before, and the product that it is of, as far as either is known. */
export type StockBefore = { readonly available: number | null; readonly handle: string | null };

/** Facts that payments and images own. They come in each one's order, so the last one is kept. */
@Injectable()
export class CopiesStore {
  async setStock(tx: Transaction, { sku, available, asOf }: Stock): Promise<StockBefore> {
    const { rows } = await tx.query<StockBefore>({
      name: 'copies.set_stock',
      text: `
        with written as (
          insert into stock_copies (sku, available, as_of) values ($1, $2, $3)
          on conflict (sku) do update set available = excluded.available, as_of = excluded.as_of
        )
        select
          (select available from stock_copies where sku = $1) as available,
          (select p.handle from variants v join products p on p.id = v.product_id where v.sku = $1) as handle`,
      values: [sku, available, asOf],
    });
    return rows[0] ?? { available: null, handle: null };
  }

  async setImage(
    tx: Transaction,
    { imageId, width, height, placeholder, asOf }: Image,
  ): Promise<void> {
    await tx.query({
      name: 'copies.set_image',
      text: `
        insert into image_copies (image_id, width, height, placeholder, as_of)
        values ($1, $2, $3, $4, $5)
        on conflict (image_id) do update set width = excluded.width, height = excluded.height,
          placeholder = excluded.placeholder, as_of = excluded.as_of`,
      values: [imageId, width, height, placeholder, asOf],
    });
  }
}
