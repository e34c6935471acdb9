import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import type { StoredDetail } from '../products/product-rows.ts';
import { isParked } from './list.store.ts';
import type { ImageCopies } from './overlay.ts';

export type DetailRow = {
  readonly detail: StoredDetail;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly as_of: Date;
  /** Units and time of the last word, by sku, and whether another one could not be applied. */
  readonly stock: Readonly<
    Record<string, readonly [available: number, asOf: string, isParked: boolean]>
  > | null;
  readonly pictures: ImageCopies | null;
};

export type Suggestion = { readonly title: string; readonly handle: string };

@Injectable()
export class DetailStore {
  constructor(private readonly database: Database) {}

  async find(handle: string): Promise<DetailRow | undefined> {
    const { rows } = await this.database.query<DetailRow>({
      name: 'detail.find',
      text: `
        select p.detail, p.version, p.created_at, p.updated_at, now() as as_of,
          (select jsonb_object_agg(s.sku, jsonb_build_array(s.available, s.as_of, ${isParked}))
           from variants v join stock_copies s on s.sku = v.sku where v.product_id = p.id) as stock,
          (select jsonb_object_agg(i.image_id, jsonb_build_array(i.width, i.height, i.placeholder))
           from image_copies i where i.image_id = any (p.image_ids)) as pictures
        from products p where p.handle = $1 and p.published`,
      values: [handle],
    });
    return rows[0];
  }

  /** Titles that these words find, best first. */
  async suggest(terms: string, limit: number): Promise<Suggestion[]> {
    const { rows } = await this.database.query<Suggestion>({
      name: 'detail.suggest',
      text: `
        with query as (
          select to_tsquery('catalog_english', $1) || to_tsquery('catalog_simple', $1) as terms
        )
        select title, handle from products, query
        where published and document @@ query.terms
        order by ts_rank(document, query.terms) desc, id limit $2`,
      values: [terms, limit],
    });
    return rows;
  }
}
