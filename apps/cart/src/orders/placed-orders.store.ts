import type { Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import type { Purchase } from '../carts/cart.ts';

type PlacedOrder = {
  readonly orderId: string;
  readonly cartId: string;
  readonly lines: readonly Purchase[];
  readonly placedAt: string;
};

@Injectable()
export class PlacedOrdersStore {
  async add(tx: Transaction, { orderId, cartId, lines, placedAt }: PlacedOrder): Promise<void> {
    await tx.query({
      name: 'placed_orders.add',
      text: `insert into placed_orders (order_id, cart_id, lines, placed_at)
             values ($1, $2, $3, $4) on conflict (order_id) do nothing`,
      values: [orderId, cartId, JSON.stringify(lines), placedAt],
    });
  }

  /** What the order was to take, and forgets it. */
  async take(tx: Transaction, orderId: string): Promise<readonly Purchase[] | undefined> {
    const { rows } = await tx.query<{ lines: Purchase[] }>({
      name: 'placed_orders.take',
      text: 'delete from placed_orders where order_id = $1 returning lines',
      values: [orderId],
    });
    return rows[0]?.lines;
  }
}
