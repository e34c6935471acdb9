import { type Envelope, events } from '@hemline/contracts';
import type { EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { StockCopiesStore } from './stock-copies.store.ts';

@Controller()
export class StockConsumer {
  constructor(private readonly stock: StockCopiesStore) {}

  @EventPattern<string>(events.stockChanged.type)
  async onChanged(
    @Payload() { data, time }: Envelope<events.StockChanged>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.stock.save(tx, data.sku, data.available, time);
  }
}
