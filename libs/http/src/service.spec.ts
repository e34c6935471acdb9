import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activeTraceparent } from '@hemline/telemetry';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { baseConfigShape, readConfig } from './config.ts';
import { Documented } from './documented.ts';
import { DomainError } from './domain-error.ts';
import { type RunningService, startService } from './service.ts';

const echoBody = z.strictObject({
  name: z.string(),
  nested: z.strictObject({ n: z.int() }).optional(),
});
const echoQuery = z.strictObject({ limit: z.coerce.number().int().max(10).optional() });
let gate: PromiseWithResolvers<void> | undefined;

@Controller('echo')
class EchoController {
  @Post()
  @Documented({ summary: 'Echoes', responses: { 201: echoBody }, problems: ['echo.refused'] })
  echo(@Body({ schema: echoBody }) body: z.infer<typeof echoBody>): unknown {
    if (body.name === 'refuse')
      throw new DomainError('echo.refused', { detail: 'as asked', left: 3 });
    if (body.name === 'crash') throw new Error('secret inside');
    return { ...body, traceparent: activeTraceparent() };
  }

  @Post('raw')
  @RouteConfig({ rawBody: true })
  @Documented({ summary: 'Takes bytes', responses: { 201: z.object({ bytes: z.string() }) } })
  raw(@Body() body: Buffer): unknown {
    return { bytes: body.toString('base64') };
  }

  @Get(':id')
  @Documented({ summary: 'Reads', responses: { 200: echoBody } })
  async read(
    @Param('id') id: string,
    @Query({ schema: echoQuery }) query: unknown,
  ): Promise<unknown> {
    if (id === 'wait') await gate?.promise;
    return { id, query };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const env = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', MAX_IN_FLIGHT: '2' };
let service: RunningService;
let isReady = true;

beforeAll(async () => {
  service = await startService({
    name: 'echo',
    config: readConfig('echo', z.object(baseConfigShape), env),
    module: { module: EchoModule },
    problems: { 'echo.refused': { status: 409, title: 'Refused' } },
    readiness: () => ({
      world: async () => {
        if (!isReady) throw new Error('not yet');
      },
    }),
  });
});

afterAll(() => service.close());

const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}/echo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

describe('a service', () => {
  it('keeps the caller’s trace through a body, and says its id', async () => {
    const traceId = 'a'.repeat(32);
    const answer = await post('{"name":"x"}', {
      traceparent: `00-${traceId}-${'b'.repeat(16)}-01`,
    });
    expect(answer.headers.get('trace-id')).toBe(traceId);
    expect(((await answer.json()) as { traceparent: string }).traceparent).toContain(traceId);
  });

  it('hands on the very bytes where a route asks for them', async () => {
    const bytes = '{"broken"';
    const answer = await fetch(`${service.url}/echo/raw`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bytes,
    });
    expect(await answer.json()).toEqual({ bytes: Buffer.from(bytes).toString('base64') });
  });

  it('begins a trace where the caller brings none, or a broken one', async () => {
    for (const traceparent of ['', 'rubbish', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`]) {
      const answer = await post('{"name":"x"}', { traceparent });
      expect(answer.headers.get('trace-id')).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    }
  });

  it.each([
    ['{"name":1}', 400, 'request.invalid', '#/name'],
    ['{"name":"x","nested":{"n":1.5}}', 400, 'request.invalid', '#/nested/n'],
    ['{"name":"x","price/y":1}', 400, 'request.invalid', '#/price~1y'],
  ])('says of %s where the fault is', async (body, status, code, pointer) => {
    const answer = await post(body);
    const problem = (await answer.json()) as { code: string; errors: { pointer: string }[] };
    expect([answer.status, problem.code, problem.errors[0]?.pointer]).toEqual([
      status,
      code,
      pointer,
    ]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    ['broken JSON', '{"name":', {}, 400, 'request.malformed'],
    ['an empty body', '', {}, 400, 'request.malformed'],
    ['a deep body', '['.repeat(5000), {}, 400, 'request.too_deep'],
    ['a large body', `{"name":"${'x'.repeat(300_000)}"}`, {}, 413, 'request.too_large'],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415, 'request.unsupported_media_type'],
  ])('refuses %s with a problem document', async (_what, body, headers, status, code) => {
    const answer = await post(body, headers as Record<string, string>);
    const problem = (await answer.json()) as { code: string; traceId: string };
    expect([answer.status, problem.code]).toEqual([status, code]);
    expect(problem.traceId).toBe(answer.headers.get('trace-id'));
  });

  it('takes a domain error’s code, status and members from its table', async () => {
    const answer = await post('{"name":"refuse"}');
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: 'echo.refused',
      detail: 'as asked',
      left: 3,
    });
  });

  it('tells nothing of what it did not expect', async () => {
    const answer = await post('{"name":"crash"}');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
  });

  it('answers 404 for a path that it does not have, and 400 for a query that it does not know', async () => {
    expect((await fetch(`${service.url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${service.url}/echo/1?limit=11`)).status).toBe(400);
    expect((await fetch(`${service.url}/echo/1?colour=red`)).status).toBe(400);
  });

  it('answers an address that cannot be read by a problem document, too', async () => {
    for (const [path, status, code] of [
      ['/echo/%E0%A4%A', 400, 'request.malformed'],
      [`/echo/${'x'.repeat(400)}`, 404, 'not_found'],
    ] as const) {
      const answer = await fetch(service.url + path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        'application/problem+json; charset=utf-8',
      ]);
      expect(await answer.json()).toMatchObject({
        code,
        traceId: answer.headers.get('trace-id'),
      });
    }
  });

  it('turns requests away while too many are under way, and takes them again after', async () => {
    gate = Promise.withResolvers();
    const waiting = [1, 2].map(() => fetch(`${service.url}/echo/wait`));
    let refused = await fetch(`${service.url}/echo/1`);
    for (let i = 0; i < 50 && refused.status === 200; i += 1)
      refused = await fetch(`${service.url}/echo/1`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    gate.resolve();
    await Promise.all(waiting);
    expect((await fetch(`${service.url}/echo/1`)).status).toBe(200);
  });

  it('is ready only while what it needs is there', async () => {
    isReady = false;
    const answer = await fetch(`${service.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ missing: ['world'] });
    isReady = true;
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });

  it('describes its routes from the schemas that guard them', async () => {
    const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as {
      paths: Record<
        string,
        Record<string, { requestBody?: object; responses: object; parameters: { name: string }[] }>
      >;
    };
    expect(Object.keys(document.paths)).toEqual(['/echo', '/echo/raw', '/echo/{id}']);
    expect(document.paths['/echo']?.['post']?.requestBody).toBeDefined();
    expect(Object.keys(document.paths['/echo']?.['post']?.responses ?? {})).toEqual([
      '201',
      '409',
      'default',
    ]);
    expect(document.paths['/echo/{id}']?.['get']?.parameters.map(({ name }) => name)).toEqual([
      'id',
      'limit',
    ]);
  });

  it('says its version, and its metrics by route', async () => {
    expect(await (await fetch(`${service.url}/version`)).json()).toMatchObject({
      service: 'echo',
      version: '0.1.0',
    });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/http_server_request_duration_seconds_count\{.*route="\/echo".*\} \d+/);
  });
});

describe('configuration', () => {
  it('names every fault at once, and never a value', () => {
    const schema = z.object({ ...baseConfigShape, PSP_SECRET_KEY: z.string().min(8) });
    const read = (): unknown =>
      readConfig('echo', schema, { PORT: 'hunter2', PSP_SECRET_KEY: 'short' });
    expect(read).toThrow(/PORT: is not valid.*\n.*PSP_SECRET_KEY: is not valid/);
    expect(read).not.toThrow(/hunter2|short/);
  });
});
