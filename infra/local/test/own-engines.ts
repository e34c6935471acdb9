import { createLogger } from '@hemline/telemetry';
import { eventsConfigShape, makeTransport } from '@hemline/messaging';
import { migrate } from '@hemline/postgres';
import { chown, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OwnEngine } from '../../../libs/messaging/test/engine.ts';
import { TcpProxy } from '../../../libs/messaging/test/tcp-proxy.ts';
import { ensureTopics } from '../../../libs/messaging/src/transports/kafka.make-topics.ts';
import { makeRunFolder } from '../src/folder/run-folder.ts';
import { endLeftover, startKafka } from '../src/kafka/server.ts';
import type { KafkaCode } from '../src/kafka/fetch.ts';
import { findFreePort } from '../src/process/ports.ts';
import { findAccount } from '../src/postgres/account.ts';
import { clearLeftovers } from '../src/postgres/leftovers.ts';
import { provision, withDatabase, withRole } from '../src/postgres/provision.ts';
import { startPostgres } from '../src/postgres/server.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const root = join(import.meta.dirname, '../../..');
const host = '127.0.0.1';

const connectBy = (env: Readonly<Record<string, string>>) => {
  const config = z.object(eventsConfigShape).parse(env);
  return makeTransport({ app: 'payments', config, logger });
};

/** Resolves once the process is gone; its supervisor starts another. */
const kill = async (pid: number | undefined): Promise<void> => {
  if (pid === undefined) throw new Error('it does not run');
  process.kill(pid, 'SIGKILL');
};

/** A durable PostgreSQL as the launcher starts it, with a log of events. */
export const startOwnPostgres = async (): Promise<OwnEngine> => {
  const folder = await makeRunFolder('hemline-own-postgres-', (abandoned) =>
    clearLeftovers(join(abandoned, 'data')),
  );
  const account = await findAccount();
  if (account) await chown(folder, account.uid, account.gid);
  const port = await findFreePort();
  const server = await startPostgres({ dataDir: join(folder, 'data'), port });
  const owner = { name: 'events_owner', password: 'test' };
  const user = { name: 'payments', password: 'test' };
  await provision(server.url, [{ name: 'events', owner, users: [user] }]);
  await migrate({
    databaseUrl: withDatabase(withRole(server.url, owner), 'events'),
    dir: join(root, 'libs/messaging/migrations/log'),
    table: 'migrations',
  });
  const wire = await TcpProxy.to({ host, port });
  const url = wire.through(withDatabase(withRole(server.url, user), 'events'));
  const env = { EVENTS: 'postgres', EVENTS_DATABASE_URL: url };
  return {
    connect: () => connectBy(env),
    env,
    wire,
    kill: () => kill(server.pid()),
    close: async () => {
      await wire.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** A Kafka as the launcher starts it, which tells its clients to come by the wire. */
export const startOwnKafka = async (code: KafkaCode): Promise<OwnEngine> => {
  const folder = await makeRunFolder('hemline-own-kafka-', (abandoned) =>
    endLeftover(join(abandoned, 'data')),
  );
  const [port, controllerPort] = [await findFreePort(), await findFreePort()];
  const wire = await TcpProxy.to({ host, port });
  const server = await startKafka({
    code,
    dataDir: join(folder, 'data'),
    port,
    controllerPort,
    advertisedPort: wire.address.port,
  });
  const env = { EVENTS: 'kafka', KAFKA_BROKERS: server.brokers };
  const settings = { brokers: [server.brokers] };
  await ensureTopics({ settings, logger, replicas: 1, minInSync: 1 });
  return {
    connect: () => connectBy(env),
    env,
    wire,
    kill: () => kill(server.pid()),
    close: async () => {
      await wire.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
