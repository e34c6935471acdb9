import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '@hemline/contracts';
import { readConfig } from '@hemline/http';
import {
  type EventContext,
  EventServer,
  Outbox,
  OutboxRelay,
  eventsConfigShape,
  makeTransport,
} from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { z } from 'zod';

// One instance of a service, as a process that a test can stop and kill: it relays what its outbox
// holds, and writes down each event of stock that it hears. KILL_AT says where it dies by its own hand.

const shape = {
  ...eventsConfigShape,
  DATABASE_URL: z.string(),
  NAME: z.string(),
  LOG_LEVEL: z.string().default('silent'),
  /** Milliseconds that each event takes. */
  SLOW_MS: z.coerce.number().default(0),
  KILL_AT: z.enum(['handling', 'committed', 'published', 'never']).default('never'),
};

const config = readConfig('service', z.object(shape), process.env);
const logger = createLogger({ service: config.NAME, level: config.LOG_LEVEL });
const metrics = createMetrics(config.NAME);

/** Lets some pass first, so that it dies in the middle of its work. */
const passes = { handling: 30, committed: 3, published: 3, never: Infinity };
let passed = 0;
const dieAt = (place: keyof typeof passes): void => {
  if (config.KILL_AT !== place) return;
  passed += 1;
  if (passed >= passes[place]) process.kill(process.pid, 'SIGKILL');
};

class MortalDatabase extends Database {
  override async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const result = await super.transaction(work);
    dieAt('committed');
    return result;
  }
}

const database = new MortalDatabase({ url: config.DATABASE_URL, name: config.NAME, logger });
const transport = makeTransport({ app: 'payments', config, logger });
const publish = transport.publish.bind(transport);
transport.publish = async (messages, watermark) => {
  await publish(messages, watermark);
  if (messages.length > 0) dieAt('published');
};

const server = new EventServer({
  app: 'payments',
  database,
  transport,
  topics: [events.stockChanged.topic],
  logger,
  metrics,
});

const write = async (
  event: { readonly subject: string; readonly version: number },
  { tx }: EventContext,
): Promise<void> => {
  if (config.SLOW_MS > 0) await sleep(config.SLOW_MS);
  await tx.query({
    text: 'insert into effects (key, version, instance) values ($1, $2, $3)',
    values: [event.subject, event.version, config.NAME],
  });
  dieAt('handling');
};

server.addHandler(events.stockChanged.type, write as never, true);
server.listen(() => {});
const relay = new OutboxRelay({
  app: 'payments',
  databaseUrl: config.DATABASE_URL,
  outbox: new Outbox(),
  transport,
  logger,
  metrics,
});
relay.start();

process.once('SIGTERM', () => {
  void (async () => {
    await server.close();
    await relay.stop();
    await transport.close();
    await database.close();
    process.disconnect();
  })();
});
process.once('disconnect', () => process.exit());

for (let isReady = false; !isReady; await sleep(50)) {
  isReady = await server.ping().then(
    () => true,
    () => false,
  );
}
process.send?.('ready');
