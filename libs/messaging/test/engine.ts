import type { Transport } from '../src/transports/transport.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** A log of its own for one test, whatever is under it. */
export type Engine = {
  /** Another client of the same log, as the app `payments`. */
  connect(): Transport;
  /** The settings by which a process of its own finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** What an engine cannot do, and why, where it stands in for another one. */
export type Lacks = {
  /** Say who is in a group, how far behind it is, and move it. */
  readonly groups?: string;
  /** Serve a process of its own. */
  readonly processes?: string;
};

/** One that belongs to the test as a whole, with the wire to it. */
export type OwnEngine = Engine & {
  /** All clients of it come this way. */
  readonly wire: TcpProxy;
  /** Ends it by SIGKILL; whoever watches over it starts it again. */
  kill(): Promise<void>;
};

/** One whose topic is not there, or has other partitions than are declared. */
export type UnpreparedEngine = Engine & { repair(): Promise<void> };
