import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findDocumentationFaults } from '../../../libs/http/test/documented.ts';
import { type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;
let mine: Json;
let theirs: Json;
let tokens: Record<string, string | undefined>;

beforeAll(async () => {
  shop = await startPayments();
  await shop.stock('shirt-m', 100);
  const pending = { paymentMethod: 'pm_card_authenticationRequired' };
  mine = (await shop.post(shop.order(pending))).body;
  theirs = (await shop.post(shop.order(pending))).body;
  tokens = {
    anonymous: undefined,
    'another order’s owner': theirs['token'],
    support: await shop.staff.token('support'),
    admin: await shop.staff.token('admin'),
    'a made-up role': await shop.staff.token('king'),
    owner: mine['token'],
  };
}, 60_000);

afterAll(() => shop.close(), 30_000);

const routes: [string, string, (id: string) => string, unknown, Record<string, number>][] = [
  [
    'reads an order',
    'GET',
    (id) => `/orders/${id}`,
    undefined,
    { anonymous: 401, 'another order’s owner': 404, support: 404, admin: 404, owner: 200 },
  ],
  [
    'sets stock',
    'PUT',
    () => '/stock/shirt-m',
    { onHand: 100 },
    {
      anonymous: 401,
      'another order’s owner': 401,
      support: 200,
      admin: 200,
      'a made-up role': 403,
      owner: 401,
    },
  ],
  ...['/ledger/balances', '/reconciliation', `/ledger/transfers?orderId=${randomUUID()}`].map(
    (path): (typeof routes)[number] => [
      `reads ${path.split('?')[0]}`,
      'GET',
      () => path,
      undefined,
      {
        anonymous: 401,
        'another order’s owner': 401,
        support: 200,
        admin: 200,
        'a made-up role': 403,
        owner: 401,
      },
    ],
  ),
  [
    'reads stock',
    'GET',
    () => '/stock?sku=shirt-m',
    undefined,
    { anonymous: 200, support: 200, admin: 200, owner: 200 },
  ],
  [
    'asks for a refund',
    'POST',
    (id) => `/orders/${id}/refunds`,
    { amount: { amount: '1', currency: 'EUR' }, reason: 'x' },
    {
      anonymous: 401,
      'another order’s owner': 401,
      // Let in, and told that the key is missing.
      support: 400,
      admin: 400,
      'a made-up role': 403,
      owner: 401,
    },
  ],
  [
    'reads refunds',
    'GET',
    (id) => `/orders/${id}/refunds`,
    undefined,
    { anonymous: 401, support: 200, admin: 200, 'a made-up role': 403, owner: 401 },
  ],
  [
    'confirms a refund',
    'POST',
    (id) => `/orders/${id}/refunds/${randomUUID()}/approve`,
    undefined,
    { anonymous: 401, support: 403, admin: 404, 'a made-up role': 403, owner: 401 },
  ],
  [
    'says that she is back from her bank',
    'POST',
    (id) => `/orders/${id}/returned`,
    undefined,
    { anonymous: 401, 'another order’s owner': 404, support: 404, admin: 404, owner: 200 },
  ],
  // The last, as it changes the order.
  [
    'cancels an order',
    'POST',
    (id) => `/orders/${id}/cancel`,
    undefined,
    { anonymous: 401, 'another order’s owner': 404, support: 404, admin: 404, owner: 200 },
  ],
];

describe.each(routes)('who %s', (_, method, path, body, expected) => {
  it.each(Object.entries(expected))('%s gets %d', async (who, status) => {
    const token = tokens[who];
    const answer = await shop.send(method, path(mine['id']), {
      ...(body !== undefined && { body }),
      ...(token !== undefined && { token }),
    });
    expect(answer.status).toBe(status);
    const isOwner = who === 'owner' && status === 200 && path('').startsWith('/orders');
    expect(answer.text.includes('Galway')).toBe(isOwner);
    const isProblem = (answer.headers.get('content-type') ?? '').includes('problem+json');
    expect(isProblem).toBe(status >= 400);
  });
});

describe('what an order is known by', () => {
  it('says nothing of orders that do not exist, and nothing to ids that are none', async () => {
    const token = tokens['owner'] ?? '';
    expect((await shop.send('GET', `/orders/${randomUUID()}`, { token })).status).toBe(404);
    expect((await shop.send('GET', '/orders/1', { token })).status).toBe(400);
    expect((await shop.send('GET', "/orders/1' or '1'='1", { token })).status).toBe(400);
  });

  it('stores no token, neither in orders nor in answers', async () => {
    const { rows } = await shop.database.query<{ text: string }>({
      text: `select orders::text as text from orders
             union all select idempotency_keys::text from idempotency_keys`,
    });
    expect(rows.length).toBeGreaterThan(2);
    for (const { text } of rows) {
      expect(text).not.toContain(mine['token']);
      expect(text).not.toContain(theirs['token']);
    }
  });

  it('documents every route that there is', async () => {
    const { body } = await shop.send('GET', '/openapi.json');
    expect(Object.keys(body['paths']).toSorted()).toEqual([
      '/ledger/accounts/{account}',
      '/ledger/balances',
      '/ledger/journal',
      '/ledger/transfers',
      '/orders',
      '/orders/preview',
      '/orders/{id}',
      '/orders/{id}/cancel',
      '/orders/{id}/refunds',
      '/orders/{id}/refunds/{refundId}/approve',
      '/orders/{id}/refunds/{refundId}/reject',
      '/orders/{id}/returned',
      '/reconciliation',
      '/staff-actions',
      '/stock',
      '/stock/{sku}',
      '/webhooks/psp',
    ]);
    for (const methods of Object.values(body['paths'] as Record<string, Json>)) {
      for (const operation of Object.values(methods)) expect(operation.summary).not.toBe('');
    }
  });

  it('takes and refuses what its document says', async () => {
    expect(await findDocumentationFaults(shop.url, shop.admin)).toEqual([]);
  });
});
