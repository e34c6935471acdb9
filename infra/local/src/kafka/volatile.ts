import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRunFolder } from '../folder/run-folder.ts';
import { findFreePort } from '../process/ports.ts';
import type { KafkaCode } from './code.ts';
import { endLeftover, startKafka, type KafkaOptions, type KafkaServer } from './server.ts';

/** A Kafka of its own for a test run, in a temporary folder that its stop removes. */
export async function startVolatileKafka(
  code: KafkaCode,
  options: Pick<KafkaOptions, 'javaOptions'> = {},
): Promise<KafkaServer> {
  const folder = await makeRunFolder('hemline-test-kafka-', (abandoned) =>
    endLeftover(join(abandoned, 'data')),
  );
  const [port, controllerPort] = [await findFreePort(), await findFreePort()];
  const dataDir = join(folder, 'data');
  const remove = () => rm(folder, { recursive: true, force: true });
  const server = await startKafka({ ...options, code, dataDir, port, controllerPort }).catch(
    async (error: unknown) => {
      await remove();
      throw error;
    },
  );
  const stop = async () => {
    await server.stop();
    await remove();
  };
  return { ...server, stop };
}
