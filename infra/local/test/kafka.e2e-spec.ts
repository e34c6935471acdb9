import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { answers } from '../src/kafka/answers.ts';
import { findKafka, type KafkaCode } from '../src/kafka/fetch.ts';
import { endLeftover, startKafka, type KafkaServer } from '../src/kafka/server.ts';
import { isRunning, type ProcessIdentity } from '../src/process/identity.ts';
import { findFreePort } from '../src/process/ports.ts';
import { eventually } from './dummy-platform.ts';

jest.setTimeout(60_000);

const kafka = await findKafka({ env: process.env });
const describeWithKafka = kafka.kind === 'found' ? describe : describe.skip;

let folder: string;
let port: number;
let controllerPort: number;
let server: KafkaServer | undefined;

const start = async () => {
  const code = kafka as KafkaCode;
  server = await startKafka({ code, dataDir: join(folder, 'data'), port, controllerPort });
  return server;
};

const readMeta = async () => {
  const text = await readFile(join(folder, 'data/log/meta.properties'), 'utf8');
  return { id: /^cluster\.id=(.+)$/m.exec(text)?.[1] ?? '' };
};

describeWithKafka(
  `the local Kafka${kafka.kind === 'found' ? '' : ` (not tried: ${kafka.reason})`}`,
  () => {
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hemline-kafka-'));
      port = await findFreePort();
      controllerPort = await findFreePort();
    });

    afterEach(async () => {
      await server?.stop();
      server = undefined;
      await rm(folder, { recursive: true, force: true });
    });

    it('formats its folder once, and keeps it from one start to the next', async () => {
      const first = await start();
      expect(first.brokers).toBe(`127.0.0.1:${port}`);
      const { id } = await readMeta();
      await first.stop();
      expect(await answers(port, id)).toBe(false);
      const { pid } = await start();
      expect(await answers(port, id)).toBe(true);

      // Killed, it comes back by itself.
      const killed = pid() ?? 0;
      process.kill(killed, 'SIGKILL');
      await eventually(async () => {
        expect(pid()).not.toBe(killed);
        expect(await answers(port, id)).toBe(true);
      });
    });

    it('ends one that outlived whoever started it', async () => {
      await start();
      const file = join(folder, 'data/broker.json');
      const left = JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
      expect(left).toEqual(server?.running());
      await endLeftover(join(folder, 'data'));
      expect(await isRunning(left)).toBe(false);
    });

    it('says in a sentence what keeps it from starting', async () => {
      const other = createServer().listen(port, '127.0.0.1');
      await once(other, 'listening');
      await expect(start()).rejects.toThrow(/^Kafka does not start \(.*in use.*\); its log is/);
      other.close();
    });
  },
);
