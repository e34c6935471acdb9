import { type Envelope, events } from '@hemline/contracts';
import { EventBatchPattern, type EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { StockCopiesStore } from './stock-copies.store.ts';

@Controller()
export class StockConsumer {
  constructor(private readonly stock: StockCopiesStore) {}

  @EventBatchPattern(events.stockChanged.type)
  async onChanged(
    @Payload() changes: readonly Envelope<events.StockChanged>[],
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const stock = changes.map(({ data, time }) => ({
      sku: data.sku,
      available: data.available,
      asOf: time,
    }));
    await this.stock.save(tx, stock);
  }
}
