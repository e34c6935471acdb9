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

/** How the stock of a sku changed, and the product that it is of, as far as either is known. */
export type StockChange = {
  readonly handle: string | null;
  readonly before: number | null;
  readonly after: number;
};

/** Facts that payments and images own. They come in each one's order, so the last one is kept. */
@Injectable()
export class CopiesStore {
  async setStock(tx: Transaction, told: readonly Stock[]): Promise<StockChange[]> {
    const { rows } = await tx.query<StockChange>({
      name: 'copies.set_stock',
      text: `
        with told as (
          select distinct on (sku) sku, available, as_of
          from unnest($1::text[], $2::int[], $3::timestamptz[])
            with ordinality as t (sku, available, as_of, n)
          order by sku, n desc
        ), written as (
          insert into stock_copies (sku, available, as_of) select sku, available, as_of from told
          on conflict (sku) do update set available = excluded.available, as_of = excluded.as_of
        )
        select p.handle, c.available as before, t.available as after
        from told t
        left join stock_copies c using (sku)
        left join variants v using (sku)
        left join products p on p.id = v.product_id`,
      values: [
        told.map(({ sku }) => sku),
        told.map(({ available }) => available),
        told.map(({ asOf }) => asOf),
      ],
    });
    return rows;
  }

  async setImages(tx: Transaction, images: readonly Image[]): Promise<void> {
    await tx.query({
      name: 'copies.set_images',
      text: `
        insert into image_copies (image_id, width, height, placeholder, as_of)
        select distinct on (image_id) image_id, width, height, placeholder, as_of
        from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::timestamptz[])
          with ordinality as t (image_id, width, height, placeholder, as_of, n)
        order by image_id, n desc
        on conflict (image_id) do update set width = excluded.width, height = excluded.height,
          placeholder = excluded.placeholder, as_of = excluded.as_of`,
      values: [
        images.map(({ imageId }) => imageId),
        images.map(({ width }) => width),
        images.map(({ height }) => height),
        images.map(({ placeholder }) => placeholder),
        images.map(({ asOf }) => asOf),
      ],
    });
  }
}
