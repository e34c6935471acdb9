import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type Sandbox, holdParams, send, startSandbox } from './sandbox.ts';

const secret = 'whsec_e2e_0123456789';

type Received = { readonly body: string; readonly signature: string | undefined };

let server: Server;
let received: Received[];
let statusOf: (event: Stripe.Event) => number;
let sandbox: Sandbox | undefined;

const receive = (request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    const signature = request.headers['stripe-signature'] as string | undefined;
    received.push({ body, signature });
    response.writeHead(statusOf(JSON.parse(body) as Stripe.Event)).end();
  });
};

beforeEach(async () => {
  received = [];
  statusOf = () => 200;
  server = createServer(receive);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const env = (): Record<string, string> => ({
  WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/psp`,
  WEBHOOK_SECRET: secret,
});
const begin = async (more: Record<string, string> = {}): Promise<Sandbox> => {
  sandbox = await startSandbox({ ...env(), ...more });
  return sandbox;
};
const eventually = async (isTrue: () => boolean, ms = 5000): Promise<void> => {
  for (const end = Date.now() + ms; !isTrue() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isTrue()).toBe(true);
};
const typesOf = (): string[] =>
  received.map(({ body }) => (JSON.parse(body) as Stripe.Event).type).sort();
const idsOf = (): string[] => received.map(({ body }) => (JSON.parse(body) as Stripe.Event).id);

const heldTypes = [
  'charge.succeeded',
  'payment_intent.amount_capturable_updated',
  'payment_intent.created',
];

describe('webhooks', () => {
  it('are signed so that the official package believes them, and nothing else', async () => {
    const { stripe } = await begin();
    const { id } = await stripe.paymentIntents.create(holdParams());
    await eventually(() => received.length === 3);
    expect(typesOf()).toEqual(heldTypes);
    for (const { body, signature = '' } of received) {
      const event = stripe.webhooks.constructEvent(body, signature, secret);
      expect(event).toMatchObject({ object: 'event', livemode: false, pending_webhooks: 1 });
      expect(JSON.stringify(event.data.object)).toContain(id);
      expect(() => stripe.webhooks.constructEvent(`${body} `, signature, secret)).toThrow();
      expect(() => stripe.webhooks.constructEvent(body, signature, `${secret}x`)).toThrow();
    }
    await eventually(() => received.length === 3);
    const { data } = await stripe.events.list({ delivery_success: true });
    expect(data).toHaveLength(3);
    expect(data.every(({ pending_webhooks: pending }) => pending === 0)).toBe(true);
  });

  it('come again until they are taken', async () => {
    const refused = new Set<string>();
    statusOf = ({ id }) => {
      if (refused.has(id)) return 204;
      refused.add(id);
      return 500;
    };
    const { stripe } = await begin();
    await stripe.paymentIntents.create(holdParams());
    await eventually(() => received.length === 6);
    expect(new Set(idsOf()).size).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(received).toHaveLength(6);
  });

  it('not taken before a restart come after it', async () => {
    statusOf = ({ type }) => (type === 'charge.succeeded' ? 200 : 500);
    const folder = await startSandbox();
    const { journalPath } = folder;
    try {
      const first = await begin({ JOURNAL_PATH: journalPath });
      await first.stripe.paymentIntents.create(holdParams());
      await eventually(() => received.length >= 3);
      await first.close();
      received = [];
      statusOf = () => 200;
      await begin({ JOURNAL_PATH: journalPath });
      await eventually(() => received.length === 2);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(typesOf()).toEqual(heldTypes.filter((type) => type !== 'charge.succeeded'));
    } finally {
      await folder.close();
    }
  });

  it('are sent for the types that the endpoint wants', async () => {
    const { stripe } = await begin({ WEBHOOK_EVENTS: 'payment_intent.created, charge.*' });
    await stripe.paymentIntents.create(holdParams());
    await eventually(() => received.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(typesOf()).toEqual(['charge.succeeded', 'payment_intent.created']);
    expect((await stripe.events.list()).data).toHaveLength(3);
  });

  it('never hold the API up', async () => {
    server.removeAllListeners('request').on('request', () => undefined);
    const { stripe } = await begin();
    for (let n = 0; n < 20; n += 1) {
      const { status } = await stripe.paymentIntents.create(holdParams());
      expect(status).toBe('requires_capture');
    }
  });

  it('come more than once, are lost on the way, and are forged, as asked', async () => {
    const { stripe, url } = await begin();
    const put = async (webhooks: object): Promise<void> => {
      received = [];
      expect((await send(`${url}/_sandbox/faults`, 'PUT', { seed: 1, webhooks })).status).toBe(200);
      await stripe.paymentIntents.create(holdParams());
    };
    await put({ duplicate: 2 });
    await eventually(() => received.length === 9);
    expect(new Set(idsOf()).size).toBe(3);

    await put({ drop: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(received).toEqual([]);
    await send(`${url}/_sandbox/faults`, 'DELETE');
    await eventually(() => received.length === 3);

    await put({ forge: 1 });
    await eventually(() => received.length === 6);
    const isBelieved = ({ body, signature = '' }: Received): boolean => {
      try {
        return Boolean(stripe.webhooks.constructEvent(body, signature, secret));
      } catch {
        return false;
      }
    };
    const believed = received
      .filter(isBelieved)
      .map(({ body }) => JSON.parse(body) as Stripe.Event);
    expect(believed.map(({ type }) => type).sort()).toEqual(heldTypes);
    expect(idsOf().filter((id) => id.startsWith('evt_forged_'))).toHaveLength(3);
    const report = await (await fetch(`${url}/_sandbox/faults`)).json();
    expect(report).toMatchObject({ webhooks: { fired: { forged: 3 } } });
  });

  it('overtake each other, and come late, as asked', async () => {
    const { stripe, url } = await begin();
    await send(`${url}/_sandbox/faults`, 'PUT', {
      seed: 3,
      webhooks: { delayMs: 300, reorder: 1 },
    });
    const started = Date.now();
    for (let n = 0; n < 4; n += 1) await stripe.paymentIntents.create(holdParams());
    await eventually(() => received.length > 0);
    expect(Date.now() - started).toBeGreaterThanOrEqual(300);
    await eventually(() => received.length === 12);
    const made = (await stripe.events.list({ limit: 100 })).data.map(({ id }) => id).reverse();
    expect(idsOf()).not.toEqual(made);
    expect([...idsOf()].sort()).toEqual([...made].sort());
  });
});
