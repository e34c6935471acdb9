import { type Envelope, events, toAvailabilityState } from '@hemline/contracts';
import { EventBatchPattern, EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Answers } from '../browse/answers.ts';
import { CopiesStore } from './copies.store.ts';

@Controller()
export class CopiesConsumer {
  constructor(
    private readonly copies: CopiesStore,
    private readonly answers: Answers,
  ) {}

  @EventBatchPattern(events.stockChanged.type)
  async onStockChanged(
    @Payload() changes: readonly Envelope<events.StockChanged>[],
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const stock = changes.map(({ data, time }) => ({
      sku: data.sku,
      available: data.available,
      asOf: time,
    }));
    for (const { handle, before, after } of await this.copies.setStock(tx, stock)) {
      if (handle === null) continue;
      const isOtherState = toAvailabilityState(before ?? 0) !== toAvailabilityState(after);
      tx.afterCommit(() => this.answers.forgetStock(handle, { isOtherState }));
    }
  }

  /** Nothing is forgotten for it: answers live for a second, and a picture's size may be ten old. */
  @EventBatchPattern(events.assetStored.type)
  async onAssetStored(
    @Payload() stored: readonly Envelope<events.AssetStored>[],
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const images = stored.map(({ data, time }) => ({
      imageId: data.imageId,
      width: data.width,
      height: data.height,
      placeholder: data.placeholder,
      asOf: time,
    }));
    await this.copies.setImages(tx, images);
  }
}
