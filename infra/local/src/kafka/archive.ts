import { rename, rm } from 'node:fs/promises';
import { archiveOf, type KafkaCode } from './code.ts';
import { startVolatileKafka } from './volatile.ts';

/**
 * Runs Kafka once, to keep the classes that it loads as Java has them in memory: Java then starts
 * it in half the time. Java checks the archive against itself and the jars, and goes without one
 * that does not fit; so does Kafka, where none can be made.
 */
export async function makeArchive(code: KafkaCode): Promise<void> {
  const archive = archiveOf(code);
  const draft = `${archive}.${process.pid}`;
  try {
    const javaOptions = [
      `-XX:ArchiveClassesAtExit=${draft}`,
      '-Xlog:cds=off',
      '-Xlog:cds+dynamic=off',
    ];
    const server = await startVolatileKafka(code, { javaOptions });
    await server.stop();
    await rename(draft, archive);
  } catch {
    await rm(draft, { force: true });
  }
}
