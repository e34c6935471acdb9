import { type Envelope, events, toAvailabilityState } from '@hemline/contracts';
import { EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Answers } from '../browse/answers.ts';
import { CopiesStore } from './copies.store.ts';

@Controller()
export class CopiesConsumer {
  constructor(
    private readonly copies: CopiesStore,
    private readonly answers: Answers,
  ) {}

  @EventPattern<string>(events.stockChanged.type)
  async onStockChanged(
    @Payload() { data, time }: Envelope<events.StockChanged>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const { sku, available } = data;
    const before = await this.copies.setStock(tx, { sku, available, asOf: time });
    const isOtherState =
      toAvailabilityState(before.available ?? 0) !== toAvailabilityState(available);
    const { handle } = before;
    if (handle !== null) tx.afterCommit(() => this.answers.forgetStock(handle, { isOtherState }));
  }

  /** Nothing is forgotten for it: answers live for a second, and a picture's size may be ten old. */
  @EventPattern<string>(events.assetStored.type)
  async onAssetStored(
    @Payload() { data, time }: Envelope<events.AssetStored>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const { imageId, width, height, placeholder } = data;
    await this.copies.setImage(tx, { imageId, width, height, placeholder, asOf: time });
  }
}
