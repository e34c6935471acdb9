import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { paymentsApi } from '@hemline/contracts';
import { type TestDatabase, testDatabase } from '../../../libs/postgres/test/test-database.ts';
import { anOrder, newSigner, newStaff } from './builders.ts';
import {
  type Process,
  freePort,
  runApp,
  secretKey,
  startSandbox,
  webhookSecret,
} from './sandbox.ts';

export type Json = { readonly [key: string]: any }; // eslint-disable-line -- answers of any shape

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
};

type SendOptions = {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Payments as its own process beside the real sandbox, on databases of their own. */
export const startPayments = async (extra: Record<string, string> = {}) => {
  const [data, log, staff, port] = await Promise.all([
    testDatabase('payments'),
    testDatabase('events'),
    newStaff(),
    freePort(),
  ]);
  const signer = newSigner();
  await data.database.query({
    text: 'insert into quote_keys (kid, jwk, published_at) values ($1, $2, now())',
    values: [signer.kid, signer.jwk],
  });
  const sandbox = await startSandbox(`http://127.0.0.1:${port}/webhooks/psp`);
  const env = {
    PORT: String(port),
    DATABASE_URL: data.url,
    EVENTS_DATABASE_URL: log.urlAs('payments'),
    STAFF_JWKS: staff.jwks,
    PSP_API_URL: sandbox.url,
    PSP_SECRET_KEY: secretKey,
    PSP_WEBHOOK_SECRETS: `whsec_the_next_one,${webhookSecret}`,
    TOKEN_SECRET: 'a secret for tests, long enough to be one',
    PSP_TIMEOUT_MS: '1000',
    HOLD_MS: '60000',
    KEY_LEASE_MS: '3000',
    ...extra,
  };
  let service: Process = await runApp('payments', env);
  const admin = await staff.token('admin');

  const send = async (method: string, path: string, options: SendOptions = {}): Promise<Answer> => {
    const { body, token, headers } = options;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson ? (JSON.parse(text) as Json) : {},
    };
  };

  const shop = {
    url: `http://127.0.0.1:${port}`,
    signer,
    staff,
    admin,
    sandbox,
    database: data.database,
    data: data as TestDatabase,
    send,
    order: (wish: Parameters<typeof anOrder>[1] = {}): paymentsApi.PlaceOrder =>
      anOrder(signer, wish),
    post: (order: paymentsApi.PlaceOrder, key: string = randomUUID()): Promise<Answer> =>
      send('POST', '/orders', { body: order, headers: { 'idempotency-key': key } }),
    stock: (sku: string, onHand: number): Promise<Answer> =>
      send('PUT', `/stock/${encodeURIComponent(sku)}`, { body: { onHand }, token: admin }),
    refund: (
      orderId: string,
      body: object,
      { key = randomUUID() as string, token = admin } = {},
    ): Promise<Answer> =>
      send('POST', `/orders/${orderId}/refunds`, {
        body: { reason: 'came back', ...body },
        token,
        headers: { 'idempotency-key': key },
      }),
    read: (placed: Json): Promise<Answer> =>
      send('GET', `/orders/${placed['id']}`, { token: placed['token'] }),
    /** The order once it has a status of these, or as it is after a while. */
    settled: async (
      placed: Json,
      statuses: readonly string[] = ['paid', 'cancelled', 'refunded'],
      withinMs = 15_000,
    ): Promise<Json> => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const { body } = await shop.read(placed);
        if (statuses.includes(body['status']) || Date.now() > deadline) return body;
        await sleep(30);
      }
    },
    /** The events of one subject, as they reached the log; waits until there are so many. */
    published: async (topic: string, subject: string, atLeast = 3): Promise<Json[]> => {
      const deadline = Date.now() + 5000;
      for (;;) {
        const { rows } = await log.database.query<{ event: string }>({
          text: 'select event from event_log where topic = $1 and key = $2 order by "offset"',
          values: [topic, subject],
        });
        if (rows.length >= atLeast || Date.now() > deadline) {
          return rows.map(({ event }) => JSON.parse(event) as Json);
        }
        await sleep(30);
      }
    },
    service: () => service,
    restart: async (more: Record<string, string> = {}): Promise<void> => {
      await service.stop('SIGKILL');
      service = await runApp('payments', { ...env, ...more });
    },
    close: async (): Promise<void> => {
      await service.stop();
      await sandbox.stop();
      await Promise.all([data.close(), log.close()]);
    },
  };
  return shop;
};

export type Shop = Awaited<ReturnType<typeof startPayments>>;
