import { join, resolve } from 'node:path';

/** What is needed to run Kafka: Java, and the folder of Kafka's jars. */
export interface KafkaCode {
  readonly kind: 'found';
  readonly java: string;
  readonly jars: string;
  readonly version: string;
}

/** Kafka's own files of this repository, from the sources and from what is built of them. */
export const kafkaHome = resolve(import.meta.dirname, '../../../kafka');

/** Classes as Java has them in memory, made once: with it Kafka starts in half the time. */
export const archiveOf = ({ jars }: KafkaCode) => join(jars, 'classes.jsa');
