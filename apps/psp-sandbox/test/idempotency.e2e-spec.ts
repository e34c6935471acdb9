import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Sandbox,
  errorOf,
  holdParams,
  journalOf,
  secretKey,
  send,
  startSandbox,
} from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const form =
  'amount=700&currency=eur&confirm=true&capture_method=manual&payment_method_types[0]=card';
type Answer = { readonly status: number; readonly body: string; readonly replayed: string | null };
const post = async (path: string, body: string, key: string): Promise<Answer> => {
  const answer = await fetch(`${sandbox.url}/v1/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': key,
    },
    body,
  });
  return {
    status: answer.status,
    body: await answer.text(),
    replayed: answer.headers.get('idempotent-replayed'),
  };
};
const approved = `${form}&payment_method=pm_card_visa`;
const declined = `${form}&payment_method=pm_card_chargeDeclined`;
const effects = async (): Promise<number> => (await journalOf(sandbox.url)).length;

describe('an idempotency key', () => {
  it.each([
    ['a success', approved, 200],
    ['a decline', declined, 402],
  ])('answers %s again byte for byte, with no second effect', async (_what, body, status) => {
    const key = randomUUID();
    const first = await post('payment_intents', body, key);
    const before = await effects();
    const second = await post('payment_intents', body, key);
    expect(first).toMatchObject({ status, replayed: null });
    expect(second).toEqual({ ...first, replayed: 'true' });
    expect(await effects()).toBe(before);
  });

  it('knows the same parameters in another order', async () => {
    const key = randomUUID();
    const first = await post('payment_intents', approved, key);
    const other = approved.split('&').reverse().join('&');
    expect((await post('payment_intents', other, key)).body).toBe(first.body);
  });

  it('refuses other parameters and other paths', async () => {
    const key = randomUUID();
    await post('payment_intents', approved, key);
    const before = await effects();
    for (const [path, body] of [
      ['payment_intents', approved.replace('700', '701')],
      ['refunds', approved],
    ] as const) {
      const answer = await post(path, body, key);
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('"type":"idempotency_error"');
    }
    const { stripe } = sandbox;
    const error = await errorOf(
      stripe.paymentIntents.create(holdParams(), { idempotencyKey: key }),
    );
    expect(error.type).toBe('StripeIdempotencyError');
    expect(await effects()).toBe(before);
  });

  it('is not spent by a request that could not be read', async () => {
    const key = randomUUID();
    const wrong = approved.replace('amount=700', 'amount=x');
    expect((await post('payment_intents', wrong, key)).status).toBe(400);
    const right = await post('payment_intents', approved, key);
    expect(right).toMatchObject({ status: 200, replayed: null });
  });

  it('keeps a refusal that the state gave', async () => {
    const { id } = await sandbox.stripe.paymentIntents.create(
      holdParams({ confirm: false, payment_method: 'pm_card_visa' }),
    );
    const key = randomUUID();
    const early = await post(`payment_intents/${id}/capture`, '', key);
    expect(early.status).toBe(400);
    await sandbox.stripe.paymentIntents.confirm(id);
    expect(await post(`payment_intents/${id}/capture`, '', key)).toEqual({
      ...early,
      replayed: 'true',
    });
    expect((await post(`payment_intents/${id}/capture`, '', randomUUID())).status).toBe(200);
  });

  it('lets one of many at once do the work', async () => {
    for (let round = 0; round < 10; round += 1) {
      const key = randomUUID();
      const before = await effects();
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => post('payment_intents', approved, key)),
      );
      expect(await effects()).toBe(before + 2);
      const bodies = new Set(
        answers.filter(({ status }) => status === 200).map(({ body }) => body),
      );
      expect(bodies.size).toBe(1);
      const rest = answers.filter(({ status }) => status !== 200);
      for (const { status, body } of rest) {
        expect(status).toBe(409);
        expect(body).toContain('"code":"idempotency_key_in_use"');
      }
    }
  });

  it('is in use for every path while the first request runs', async () => {
    const key = randomUUID();
    const rules = [{ match: { key }, fault: 'late', delayMs: 400, times: 1 }];
    await send(`${sandbox.url}/_sandbox/faults`, 'PUT', { rules });
    await expect(post('payment_intents', approved, key)).rejects.toThrow();
    expect((await post('payment_intents', approved, key)).status).toBe(409);
    expect((await post('refunds', 'payment_intent=pi_x', key)).status).toBe(409);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const replay = await post('payment_intents', approved, key);
    expect(replay).toMatchObject({ status: 200, replayed: 'true' });
    await send(`${sandbox.url}/_sandbox/faults`, 'DELETE');
  });

  it('means nothing any more once it is pruned, which is why intents have names', async () => {
    const key = randomUUID();
    const first = await post('payment_intents', approved, key);
    const prune = (body?: object): Promise<Response> =>
      send(`${sandbox.url}/_sandbox/prune-keys`, 'POST', body);
    await prune({ olderThanSeconds: 3600 });
    expect((await post('payment_intents', approved, key)).replayed).toBe('true');
    const pruned = (await (await prune()).json()) as { pruned: number };
    expect(pruned.pruned).toBeGreaterThan(0);
    const second = await post('payment_intents', approved, key);
    expect(second).toMatchObject({ status: 200, replayed: null });
    expect(JSON.parse(second.body).id).not.toBe(JSON.parse(first.body).id);
  });

  it('longer than Stripe takes is refused', async () => {
    expect((await post('payment_intents', approved, 'k'.repeat(256))).status).toBe(400);
  });
});
