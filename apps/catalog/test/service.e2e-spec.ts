import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listRoutes } from '@hemline/http';
import { findDocumentationFaults } from '../../../libs/http/test/documented.ts';
import { TestCatalog, eventually } from './catalog.ts';

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start();
});
afterAll(() => catalog.stop());

type Operation = {
  summary: string;
  parameters: { name: string }[];
  responses: object;
  requestBody?: object;
};

describe('catalog as a service', () => {
  it('is ready, and says what it is', async () => {
    const ready = await eventually(
      () => catalog.get('/readyz'),
      ({ status }) => status === 200,
    );
    expect(ready.body).toEqual({ status: 'ok' });
    expect((await catalog.get('/version')).body).toMatchObject({ service: 'catalog' });
    const metrics = await (await fetch(`${catalog.service.url}/metrics`)).text();
    expect(metrics).toContain('cache_requests_total{cache="lists",outcome="hits"');
  });

  it('documents every route that it takes', async () => {
    const { body } = await catalog.get<{ paths: Record<string, Record<string, Operation>> }>(
      '/openapi.json',
    );
    const routes = listRoutes(catalog.service.app);
    expect(routes.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'DELETE /products/:handle',
      'GET /.well-known/jwks.json',
      'GET /categories',
      'GET /products',
      'GET /products/:handle',
      'GET /suggest',
      'POST /quote-keys',
      'POST /quotes',
      'PUT /products/:handle',
    ]);
    for (const { documentation } of routes) expect(documentation?.summary).toBeTruthy();
    const list = body.paths['/products']?.['get'];
    expect(list?.parameters.map(({ name }) => name)).toEqual([
      'q',
      'category',
      'vendor',
      'option.{name}',
      'minPrice',
      'maxPrice',
      'inStock',
      'sort',
      'limit',
      'cursor',
      'If-None-Match',
    ]);
    expect(body.paths['/products/{handle}']?.['put']?.requestBody).toBeDefined();
  });

  it('takes and refuses what its document says', async () => {
    const faults = await findDocumentationFaults(catalog.service.url, await catalog.token());
    expect(faults).toEqual([]);
  });
});
