import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BackOffice, connectBackOffice, Refused } from './backoffice.ts';
import { loadSecrets, type Secrets } from './folder/secrets.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let folder: string;
let secrets: Secrets;
let office: BackOffice;
let answers: Answer[];
const asked: string[] = [];

const reply =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-office-'));
  secrets = await loadSecrets(join(folder, 'secrets.json'));
  asked.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      answers.shift()?.(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  office = new BackOffice({
    urls: { catalog: url, payments: url, images: url },
    staffKey: secrets.staffKey,
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const isSigned = (token: string, key: JsonWebKey) => {
  const [header, body, signature] = token.split('.');
  return verify(
    null,
    Buffer.from(`${header}.${body}`),
    createPublicKey({ key, format: 'jwk' }),
    Buffer.from(signature ?? '', 'base64url'),
  );
};

describe('the back office', () => {
  it('states stock under the sku, with a staff token that the public key verifies', async () => {
    let token = '';
    answers = [
      (request, response) => {
        token = (request.headers.authorization ?? '').replace('Bearer ', '');
        response.end('{}');
      },
    ];
    await office.putStock('A/1', 3);
    expect(asked).toEqual(['PUT /stock/A%2F1 {"onHand":3}']);
    expect(isSigned(token, secrets.staffKey.public)).toBe(true);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iss: 'hemline', role: 'admin', sub: 'local:admin' });
  });

  it('asks for what is there, and takes it well when there is none', async () => {
    const stock = { sku: 'A', onHand: 3 };
    answers = [reply(200, { handle: 'tee' }), reply(404, {}), reply(200, { items: [stock] })];
    expect(await office.findProduct('tee')).toEqual({ handle: 'tee' });
    expect(await office.findProduct('none')).toBeUndefined();
    expect(await office.findStock(['A', 'B/1'])).toEqual([stock]);
    answers = [reply(200, {}), reply(404, {})];
    expect(await office.hasImage('a')).toBe(true);
    expect(await office.hasImage('b')).toBe(false);
    expect(asked.map((line) => line.trim())).toEqual([
      'GET /products/tee',
      'GET /products/none',
      'GET /stock?sku=A&sku=B%2F1',
      'HEAD /images/a/160.jpeg',
      'HEAD /images/b/160.jpeg',
    ]);
  });

  it('shows the token that it was given where it has no key', async () => {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const urls = { catalog: url, payments: url, images: url };
    let shown: string | undefined;
    answers = [
      (request, response) => {
        shown = request.headers.authorization;
        response.end('{}');
      },
    ];
    await new BackOffice({ urls, token: 'given' }).putStock('A', 1);
    expect(shown).toBe('Bearer given');
  });

  it('comes again after as long as a busy service asks for', async () => {
    answers = [reply(503, {}, { 'retry-after': '1' }), reply(200, {})];
    const startedAt = performance.now();
    await office.putStock('A', 1);
    expect(performance.now() - startedAt).toBeGreaterThan(700);
    expect(asked).toHaveLength(2);
  });

  it('comes again when the service goes away in the middle', async () => {
    answers = [(request) => request.socket.destroy(), reply(200, {})];
    await office.putStock('A', 1);
    expect(asked).toHaveLength(2);
  });

  it('does not come again with what was refused, and says where the fault is', async () => {
    const errors = [{ pointer: '#/onHand', detail: 'too small' }];
    answers = [reply(400, { code: 'request.invalid', detail: 'no', errors })];
    const fault = await office.putStock('A', -1).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Refused);
    expect(fault).toMatchObject({ status: 400, code: 'request.invalid', message: 'no', errors });
    expect(asked).toHaveLength(1);
  });

  it('is closed where no shop is open, and says so', async () => {
    await expect(connectBackOffice(folder)).rejects.toThrow(
      `No shop is open in ${folder}; start one by "npm start" first.`,
    );
  });
});
