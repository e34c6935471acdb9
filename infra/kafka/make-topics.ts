import { runMakeTopics } from '@hemline/messaging/topics';

// Makes the topics that `@hemline/contracts` lists. Safe to run again, and at the same time as others:
// KAFKA_BROKERS=127.0.0.1:9092 node --conditions=source infra/kafka/make-topics.ts

process.exitCode = await runMakeTopics(process.env, {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
