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

/** How a call looks for a broker that is away. Whoever made it tries again, after so many times. */
const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 5 };

/** For one that shall stay what it is until it is closed. */
export const retryForEver = { ...retry, retries: Number.MAX_SAFE_INTEGER };

/** The same complaint of the library is repeated after so long; until then only for debugging. */
const quietMs = 60_000;

/**
 * The library leaves a connection open on which no answer came, and would ask on it for ever: in a
 * black hole nothing else ends it. So we hold its sockets, and end those that are silent.
 */
export class Connections {
  isClosed = false;
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
    // The library may end one more often than it can listen for the end of connecting.
    socket.setMaxListeners(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    this.open.set(socket, `${host}:${port}`);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** For good: nobody looks for a broker any more. */
  close(): void {
    this.isClosed = true;
    this.cut();
  }

  /** Ends the connections to one broker, or all of them; what was asked on them fails. */
  cut(broker?: string): void {
    for (const [socket, address] of this.open) {
      if (broker !== undefined && address !== broker) continue;
      socket.destroy(socket.writableEnded ? undefined : new Error('no answer came in time'));
    }
  }
}

type ClientOptions = {
  readonly name: string;
  readonly logger: Said;
  readonly connections: Connections;
  /** Looks for its brokers until `connections` are closed. */
  readonly isPatient?: boolean;
};

export const makeClient = (
  { brokers, tls, username, password }: KafkaSettings,
  { name, logger, connections, isPatient = false }: ClientOptions,
): Client =>
  new kafkajs.Kafka({
    clientId: name,
    // None at all is the one answer that ends a search.
    brokers: () => (connections.isClosed ? [] : [...brokers]),
    ...(tls === true ? { ssl: {} } : {}),
    ...(username !== undefined && password !== undefined
      ? { sasl: { mechanism: 'scram-sha-512' as const, username, password } }
      : {}),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: isPatient ? retryForEver : retry,
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
