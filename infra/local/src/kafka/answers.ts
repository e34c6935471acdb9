import { connect } from 'node:net';

const PATIENCE_MS = 1_000;
const METADATA = 3;
const VERSION = 4;

/**
 * Whether the broker on this port takes requests, and is the one of this cluster: by Kafka's own
 * word, its list of brokers, on which it is once it may serve. The request is made by hand, as a
 * whole client would cost the launcher memory for as long as it runs.
 */
export function answers(port: number, clusterId: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PATIENCE_MS });
    let answer: Buffer = Buffer.alloc(0);
    socket.on('connect', () => socket.write(metadataRequest));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (isWhole(answer)) socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(isWhole(answer) && tellsOfBroker(answer, clusterId)));
  });
}

const isWhole = (answer: Buffer) =>
  answer.length >= 4 && answer.length >= answer.readInt32BE(0) + 4;

/** After length, correlation and throttle time comes the number of brokers; the cluster later. */
const tellsOfBroker = (answer: Buffer, clusterId: string) =>
  answer.length >= 16 && answer.readInt32BE(12) > 0 && answer.includes(clusterId);

const metadataRequest = (() => {
  const client = Buffer.from('hemline');
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4 + 1);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(METADATA, at);
  at = body.writeInt16BE(VERSION, at);
  at = body.writeInt32BE(1, at);
  at = body.writeInt16BE(client.length, at);
  at += client.copy(body, at);
  // No topics, and none is to be made.
  at = body.writeInt32BE(0, at);
  body.writeInt8(0, at);
  return body;
})();
