import type { Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';

@Injectable()
export class StockCopiesStore {
  async save(tx: Transaction, sku: string, available: number, asOf: string): Promise<void> {
    await tx.query({
      name: 'stock_copies.save',
      text: `insert into stock_copies (sku, available, as_of) values ($1, $2, $3)
             on conflict (sku) do update set available = excluded.available, as_of = excluded.as_of`,
      values: [sku, available, asOf],
    });
  }
}
