import type { Socket } from 'node:net';
import { createRequire } from 'node:module';

// Faults of kafkajs 2.2.4, the last version that there is, which we mend where they are.

type RequestQueue = {
  pending: readonly unknown[];
  scheduleCheckPendingRequests: () => void;
};

type Connection = {
  socket: Socket | undefined;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected: () => boolean;
  connect: () => Promise<true>;
  processData: (data: Buffer) => void;
};

let isMended = false;

export const mendKafkajs = (): void => {
  if (isMended) return;
  isMended = true;
  const load = createRequire(import.meta.url);
  const queue = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const connection = load('kafkajs/src/network/connection') as { prototype: Connection };
  stopIdleWakeUps(queue.prototype);
  beginAnew(connection.prototype);
  surviveNonsense(connection.prototype);
};

/**
 * It wakes up every millisecond for each connection, to look at requests that wait for their turn,
 * whether there are any or not. Four idle services would spend a tenth of a core on that.
 */
const stopIdleWakeUps = (prototype: RequestQueue): void => {
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleIfAnyWaits() {
    if (this.pending.length > 0) schedule.call(this);
  };
};

/** A connection that broke in the middle of an answer takes its half for the beginning of the next. */
const beginAnew = (prototype: Connection): void => {
  const connect = prototype.connect;
  prototype.connect = function connectAnew() {
    if (!this.isConnected()) forget(this);
    return connect.call(this);
  };
};

/** Bytes that are no answer would end the process, as nobody catches what reading them throws. */
const surviveNonsense = (prototype: Connection): void => {
  const processData = prototype.processData;
  prototype.processData = function processOrClose(data) {
    try {
      processData.call(this, data);
    } catch (error) {
      forget(this);
      this.socket?.destroy(error as Error);
    }
  };
};

const forget = (connection: Connection): void => {
  connection.chunks = [];
  connection.bytesBuffered = 0;
  connection.bytesNeeded = 4;
};
