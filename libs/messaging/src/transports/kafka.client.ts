import { createRequire } from 'node:module';
import { type Socket, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Logger } from '@hemline/telemetry';
import kafkajs, { type Kafka as Client, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { KafkaSettings } from './kafka.settings.ts';

// How we reach a cluster: addresses, names, patience, and what becomes of the library's own log.

/** What is said goes through the service's log, never to the console. */
export type Said = Pick<Logger, 'debug' | 'warn'>;

/**
 * The library wakes up every millisecond for each connection, to look at requests that wait for their
 * turn, whether there are any or not. Four idle services would spend a tenth of a core on that.
 */
const stopIdleWakeUps = (): void => {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: { pending: readonly unknown[]; scheduleCheckPendingRequests: () => void };
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleIfAnyWaits() {
    if (this.pending.length > 0) schedule.call(this);
  };
};

stopIdleWakeUps();

/** An answer that took longer is not waited for: its connection is closed, and another is opened. */
const requestTimeoutMs = 8000;
const connectTimeoutMs = 3000;

/** How long one call looks for a broker; whoever made it tries again, so that it can also stop. */
const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 5 };

/** The same complaint of the library is repeated after so long; until then only for debugging. */
const quietMs = 60_000;

/**
 * The library leaves a connection open on which no answer came, and would ask on it for ever: in a
 * black hole nothing else ends it. So we hold its sockets, and end those that are silent.
 */
export class Connections {
  private readonly open = new Map<Socket, string>();

  readonly factory: NonNullable<KafkaConfig['socketFactory']> = ({
    host,
    port,
    ssl,
    onConnect,
  }) => {
    const socket =
      (ssl as object | null | undefined) == null
        ? connect({ host, port }, onConnect)
        : connectTls({ host, port, servername: host, ...ssl }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    this.open.set(socket, `${host}:${port}`);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** Ends the connections to one broker, or all of them; what was asked on them fails. */
  cut(broker?: string): void {
    for (const [socket, address] of this.open) {
      if (broker !== undefined && address !== broker) continue;
      socket.destroy(socket.writableEnded ? undefined : new Error('no answer came in time'));
    }
  }
}

export const makeClient = (
  { brokers, tls, username, password }: KafkaSettings,
  { name, logger, connections }: { name: string; logger: Said; connections: Connections },
): Client =>
  new kafkajs.Kafka({
    clientId: name,
    brokers: [...brokers],
    ...(tls === true ? { ssl: {} } : {}),
    ...(username !== undefined && password !== undefined
      ? { sasl: { mechanism: 'scram-sha-512' as const, username, password } }
      : {}),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry,
    socketFactory: connections.factory,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => tellTo(logger),
  });

/** Its errors are warnings here, as whoever made the call tries again, and says so if it gives up. */
const tellTo = (logger: Said): ((entry: LogEntry) => void) => {
  const saidAt = new Map<string, number>();
  return ({ level, namespace, log }) => {
    const said = `kafka ${namespace}: ${log.message}`;
    const details = {
      ...(typeof log['error'] === 'string' ? { reason: log['error'] } : {}),
      ...(typeof log['groupId'] === 'string' ? { group: log['groupId'] } : {}),
    };
    const now = Date.now();
    const isNew = now - (saidAt.get(said) ?? 0) > quietMs;
    if (level > kafkajs.logLevel.WARN || !isNew) {
      logger.debug(details, said);
      return;
    }
    if (saidAt.size > 100) saidAt.clear();
    saidAt.set(said, now);
    logger.warn(details, said);
  };
};
