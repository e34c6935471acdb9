import { type Envelope, events } from '@hemline/contracts';
import type { EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { ProductCopiesStore } from './product-copies.store.ts';

@Controller()
export class ProductsConsumer {
  constructor(private readonly products: ProductCopiesStore) {}

  @EventPattern<string>(events.productChanged.type)
  async onChanged(
    @Payload() { data, time }: Envelope<events.ProductChanged>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.products.save(tx, data, time);
  }

  @EventPattern<string>(events.productDeleted.type)
  async onDeleted(
    @Payload() { data, time }: Envelope<events.ProductDeleted>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.products.withdraw(tx, data.productId, time);
  }
}
