import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fastify } from 'fastify';

/** The floor under reads: a bare Fastify server that answers with the same bytes, in its own process. */

export type Bytes = { readonly contentType: string; readonly base64: string };
export type HttpFloor = { readonly url: string; readonly pid: number; stop(): void };

export const startHttpFloor = async (bytes: Bytes): Promise<HttpFloor> => {
  const child = fork(import.meta.filename, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(bytes);
  const [url] = (await once(child, 'message')) as [string];
  return { url, pid: child.pid ?? 0, stop: () => child.disconnect() };
};

const serve = async ({ contentType, base64 }: Bytes): Promise<void> => {
  const body = Buffer.from(base64, 'base64');
  const server = fastify();
  server.get('/*', (_request, reply) => {
    void reply.type(contentType).send(body);
  });
  process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }));
};

if (import.meta.main && process.send) {
  process.once('message', (bytes) => void serve(bytes as Bytes));
  process.once('disconnect', () => process.exit());
}
