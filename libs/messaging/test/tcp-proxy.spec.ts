import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../postgres/test/eventually.ts';
import { TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
let seenByServer: string;
let served: Socket[];

beforeEach(async () => {
  seenByServer = '';
  served = [];
  server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      seenByServer += String(chunk);
      socket.write(`heard ${String(chunk)}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.to({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of served) socket.destroy();
  server.close();
});

const open = async (): Promise<{ socket: Socket; heard: () => string; ended: () => boolean }> => {
  const socket = connect(proxy.address);
  let text = '';
  let isEnded = false;
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => {});
  socket.on('close', () => (isEnded = true));
  await once(socket, 'connect');
  return { socket, heard: () => text, ended: () => isEnded };
};

describe('the TCP proxy', () => {
  it('forwards both ways, and an end as an end', async () => {
    const { socket, heard, ended } = await open();
    socket.write('a');
    await eventually(() => expect(heard()).toBe('heard a'));
    socket.end();
    await eventually(() => expect(ended()).toBe(true));
    await eventually(() => expect(proxy.connections).toBe(0));
  });

  it('swallows everything as a black hole, without an end or an error, and delivers it after', async () => {
    const { socket, heard, ended } = await open();
    socket.write('a');
    await eventually(() => expect(heard()).toBe('heard a'));
    proxy.blackHole();
    socket.write('b');
    for (const each of served) each.end('bye');
    const other = await open();
    other.socket.write('c');
    await sleep(100);
    expect([heard(), ended(), seenByServer, other.heard()]).toEqual(['heard a', false, 'a', '']);
    proxy.heal();
    await eventually(() => expect([heard(), seenByServer.length]).toEqual(['heard abye', 3]));
    await eventually(() => expect(other.heard()).toBe('heard c'));
    other.socket.destroy();
  });

  it('can swallow the answers alone, so that what was asked is done and nobody knows', async () => {
    const { socket, heard, ended } = await open();
    proxy.blackHole('answers');
    socket.write('a');
    await eventually(() => expect(seenByServer).toBe('a'));
    expect(heard()).toBe('');
    proxy.reset();
    await eventually(() => expect(ended()).toBe(true));
    const again = await open();
    again.socket.write('b');
    await eventually(() => expect(again.heard()).toBe('heard b'));
    again.socket.destroy();
  });
});
