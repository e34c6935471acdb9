import { connect } from 'node:net';

const PATIENCE_MS = 1_000;
const METADATA = 3;
const VERSION = 4;

/**
 * Whether a broker on this port takes requests, by Kafka's own word: its list of brokers, on which
 * it is once it may serve. A hand-made request, as a whole client would cost the launcher memory
 * for as long as it runs.
 */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PATIENCE_MS });
    let answer = Buffer.alloc(0);
    socket.on('connect', () => socket.write(metadataRequest));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      // Length, correlation, throttle time, and then the number of brokers.
      if (answer.length >= 16) socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer.length >= 16 && answer.readInt32BE(12) > 0));
  });
}

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
