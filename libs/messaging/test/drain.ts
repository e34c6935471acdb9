import { setTimeout as sleep } from 'node:timers/promises';
import { eventsConfigShape, makeTransport } from '@hemline/messaging';
import { readConfig } from '@hemline/http';
import { createLogger } from '@hemline/telemetry';
import { z } from 'zod';

// A slow reader of a large backlog, as a process of its own, which says how much memory it takes.

const config = readConfig(
  'drain',
  z.object({ ...eventsConfigShape, SLOW_MS: z.coerce.number() }),
  process.env,
);
const logger = createLogger({ service: 'drain', level: 'silent' });
const transport = makeTransport({ app: 'payments', config, logger });
let received = 0;

transport.subscribe({
  group: 'payments',
  topics: ['payments.stock'],
  maxBatch: 200,
  onBatch: async (batch) => {
    await sleep(config.SLOW_MS);
    received += batch.length;
  },
});

process.once('disconnect', () => process.exit());
for (;;) {
  // What is left once all that nobody needs is gone.
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ received, kept: heapUsed + external, rss });
  await sleep(250);
}
