import { events } from '@hemline/contracts';
import { Outbox } from '@hemline/messaging';
import type { Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { withoutPurchased } from '../carts/cart.ts';
import { CartsStore } from '../carts/carts.store.ts';
import { PlacedOrdersStore } from './placed-orders.store.ts';

/** A cart is told of as closed once, and that is all that is told of it. */
const closedVersion = 1;

@Injectable()
export class OrdersService {
  constructor(
    private readonly carts: CartsStore,
    private readonly placed: PlacedOrdersStore,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes what was bought out of its cart. Usually that is all of it, and the cart is closed. Where she
   * went on shopping after checkout began, the rest stays and the cart stays open, so that nothing which
   * she chose and did not pay for is lost. If the cart was merged since, its lines are in another one.
   */
  async takeOut(tx: Transaction, { orderId, cartId }: events.OrderPaid): Promise<void> {
    const purchases = await this.placed.take(tx, orderId);
    const cart = await this.carts.lockHeir(tx, cartId);
    // An order may name a cart that is not known here (swept, or never ours): nothing to take out.
    if (!purchases || !cart || cart.status === 'closed') return;
    const rest = withoutPurchased(cart.lines, purchases);
    if (rest.length > 0 || cart.id !== cartId) {
      await this.carts.saveLines(tx, cart.id, rest);
      return;
    }
    await this.carts.close(tx, cart.id);
    await this.outbox.append(tx, {
      definition: events.cartClosed,
      subject: cartId,
      version: closedVersion,
      data: { cartId, orderId },
    });
  }
}
