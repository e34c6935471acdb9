import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRunFolder } from '../folder/run-folder.ts';
import { findFreePort } from '../process/ports.ts';
import type { KafkaCode } from './fetch.ts';
import { endLeftover, startKafka, type KafkaServer } from './server.ts';

/** A Kafka of its own for a test run, in a temporary folder that its stop removes. */
export async function startVolatileKafka(code: KafkaCode): Promise<KafkaServer> {
  const folder = await makeRunFolder('hemline-test-kafka-', (abandoned) =>
    endLeftover(join(abandoned, 'data')),
  );
  const [port, controllerPort] = [await findFreePort(), await findFreePort()];
  const server = await startKafka({ code, dataDir: join(folder, 'data'), port, controllerPort });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, stop };
}
