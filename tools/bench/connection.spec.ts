import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Connection, toRequest } from './connection.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const connectTo = async (listener: RequestListener): Promise<Connection> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = new Connection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(() => {
    connection.close();
    server.close();
  });
  return connection;
};

describe('a connection of the load generator', () => {
  it('sends what was asked, and reads whole answers one after the other', async () => {
    const connection = await connectTo((request, reply) => {
      const { method, url, headers } = request;
      request.on('data', (body: Buffer) => {
        const text = [method, url, headers['x-key'], body.toString()].join(' ');
        reply.writeHead(201, { 'content-length': text.length }).end(text);
      });
    });
    const request = toRequest('POST', '/a?b=1', { headers: { 'x-key': 'k' }, body: { c: 'd' } });
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await connection.send(request);
      expect([status, body.toString()]).toEqual([201, 'POST /a?b=1 k {"c":"d"}']);
    }
  });

  it('reads an answer that comes in many pieces', async () => {
    const text = 'x'.repeat(400_000);
    const connection = await connectTo((_, reply) => {
      reply.writeHead(200, { 'content-length': text.length });
      reply.write(text.slice(0, 10));
      setTimeout(() => reply.end(text.slice(10)), 20);
    });
    const { body } = await connection.send(toRequest('GET', '/'));
    expect(body.toString()).toBe(text);
  });

  it('does not wait for ever on a server that has gone, or answers in chunks', async () => {
    const gone = await connectTo((request) => request.socket.destroy());
    await expect(gone.send(toRequest('GET', '/'))).rejects.toThrow();
    const chunked = await connectTo((_, reply) => {
      reply.write('a');
      reply.end('b');
    });
    await expect(chunked.send(toRequest('GET', '/'))).rejects.toThrow('without a length');
  });
});
