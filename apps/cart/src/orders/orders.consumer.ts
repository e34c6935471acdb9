import { type Envelope, events } from '@hemline/contracts';
import type { EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { OrdersService } from './orders.service.ts';
import { PlacedOrdersStore } from './placed-orders.store.ts';

/** What payments tells of orders. It tells of one order in order: placed first, then how it ended. */
@Controller()
export class OrdersConsumer {
  constructor(
    private readonly orders: OrdersService,
    private readonly placed: PlacedOrdersStore,
  ) {}

  @EventPattern<string>(events.orderPlaced.type)
  async onPlaced(
    @Payload() { data, time }: Envelope<events.OrderPlaced>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const { orderId, cartId } = data;
    const lines = data.lines.map(({ sku, quantity }) => ({ sku, quantity }));
    await this.placed.add(tx, { orderId, cartId, lines, placedAt: time });
  }

  @EventPattern<string>(events.orderPaid.type)
  async onPaid(
    @Payload() { data }: Envelope<events.OrderPaid>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.orders.takeOut(tx, data);
  }

  @EventPattern<string>(events.orderCancelled.type)
  async onCancelled(
    @Payload() { data }: Envelope<events.OrderCancelled>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.placed.take(tx, data.orderId);
  }
}
