import { type Envelope, events } from '@hemline/contracts';
import type { EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { QuoteKeysStore } from './quote-keys.store.ts';

@Controller()
export class QuoteKeysConsumer {
  constructor(private readonly keys: QuoteKeysStore) {}

  @EventPattern<string>(events.quoteKeyPublished.type)
  async onPublished(
    @Payload() { data, time }: Envelope<events.QuoteKeyPublished>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.keys.save(tx, data.kid, data.jwk, time);
  }
}
