import { type Socket, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import kafkajs, { type Kafka as Client, type KafkaConfig } from 'kafkajs';
import { type Said, tellTo } from './kafka.complaints.ts';
import { mendKafkajs } from './kafka.mending.ts';
import type { KafkaSettings } from './kafka.settings.ts';

// How we reach a cluster: addresses, names and patience.

mendKafkajs();

/** An answer that took longer is not waited for: its connection is closed, and another is opened. */
const requestTimeoutMs = 8000;
const connectTimeoutMs = 3000;

/** How a call looks for a broker that is away. Whoever made it tries again, after so many times. */
const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 5 };

/** For one that shall stay what it is until it is closed. */
export const retryForEver = { ...retry, retries: Number.MAX_SAFE_INTEGER };

/** Who asks whether a service is ready waits no longer. */
export const pingMs = 2000;

/**
 * The library goes on to listen on a socket that it has ended, and takes what is heard there for the
 * next one's. Nothing is, once it is closed as soon as all is written.
 */
const endForGood = (socket: Socket): void => {
  const end = socket.end.bind(socket);
  // While it connects, the library may end it more often than ten listeners.
  socket.setMaxListeners(0);
  socket.end = () => {
    end();
    if (socket.writableFinished) socket.destroy();
    else socket.once('finish', () => socket.destroy());
    return socket;
  };
};

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
    // A reader that joins does not hear that it was closed, and would be a member for ever.
    if (this.isClosed) throw new Error('this client is closed');
    const socket =
      (ssl as object | null | undefined) == null
        ? connect({ host, port }, onConnect)
        : connectTls({ host, port, servername: host, ...ssl }, onConnect);
    endForGood(socket);
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
