import { type Envelope, events } from '@hemline/contracts';
import type { EventContext } from '@hemline/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import * as store from './quote-keys.store.ts';

/** Keeps our own copy of catalog's public keys, so that a quote is checked without asking anyone. */
@Controller()
export class QuoteKeysConsumer {
  // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- left out, it is inferred as another one
  @EventPattern<string>(events.quoteKeyPublished.type)
  async onPublished(
    @Payload() { data, time }: Envelope<events.QuoteKeyPublished>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await store.save(tx, { kid: data.kid, jwk: data.jwk, publishedAt: time });
  }
}
