import { Database, repeatable } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import * as store from './psp-events.store.ts';
import type { PspEvent } from './psp-events.store.ts';

/** Short, as a provider that sends so many at a time sends no more until they are answered. */
const gatherMs = 20;
const maxBatch = 100;

type Waiting = { readonly event: PspEvent; resolve(): void; reject(error: unknown): void };

/**
 * Stores webhooks, several in one commit: nobody waits for the answer but the provider, and an order
 * brings several of them. `store` resolves once the event is durable.
 */
@Injectable()
export class WebhookInbox {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  async store(event: PspEvent): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ event, resolve, reject });
    if (this.waiting.length >= maxBatch) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), gatherMs);
    await promise;
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    try {
      await repeatable(() =>
        store.insert(
          this.database,
          batch.map(({ event }) => event),
        ),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
