import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

let server: Server;

/** The script's exit code and what it says, against a service that answers so. */
async function check(status: number): Promise<{ code: number; said: string }> {
  server = createServer((request, response) => {
    response.writeHead(request.url === '/readyz' ? status : 404).end('database');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return runAgainst(port);
}

const runAgainst = (port: number) =>
  new Promise<{ code: number; said: string }>((done) => {
    const options = { env: { PORT: String(port) } };
    const script = join(import.meta.dirname, 'healthcheck.js');
    execFile(process.execPath, [script], options, (error, _, stderr) =>
      done({ code: Number(error?.code ?? 0), said: stderr }),
    );
  });

afterEach(() => new Promise((done) => server.close(done)));

describe('the health check of a container', () => {
  it('passes while the service is ready', async () => {
    expect(await check(200)).toEqual({ code: 0, said: '' });
  });

  it('fails while it is not, and hands on why', async () => {
    const { code, said } = await check(503);
    expect([code, said]).toEqual([1, expect.stringContaining('answers 503: database')]);
  });

  it('fails when nothing listens', async () => {
    await check(200);
    const { port } = server.address() as { port: number };
    await new Promise((done) => server.close(done));
    const { code, said } = await runAgainst(port);
    expect([code, said]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
  });
});
