import type { Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';

export type ToldStock = { readonly sku: string; readonly available: number; readonly asOf: string };

@Injectable()
export class StockCopiesStore {
  /** Of a sku that is told of more than once, the last counts. */
  async save(tx: Transaction, told: readonly ToldStock[]): Promise<void> {
    await tx.query({
      name: 'stock_copies.save',
      text: `insert into stock_copies (sku, available, as_of)
             select distinct on (sku) sku, available, as_of
             from unnest($1::text[], $2::int[], $3::timestamptz[])
               with ordinality as t (sku, available, as_of, n)
             order by sku, n desc
             on conflict (sku) do update set available = excluded.available, as_of = excluded.as_of`,
      values: [
        told.map(({ sku }) => sku),
        told.map(({ available }) => available),
        told.map(({ asOf }) => asOf),
      ],
    });
  }
}
