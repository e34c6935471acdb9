import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookSecret } from './sandbox.ts';
import { type Answer, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments();
}, 60_000);

afterAll(() => shop.close(), 30_000);

const anEvent = (id = `evt_${randomUUID()}`): string =>
  JSON.stringify({
    id,
    object: 'event',
    type: 'payment_intent.amount_capturable_updated',
    data: {
      object: { id: 'pi_of_nobody', object: 'payment_intent', metadata: { order_id: 'x' } },
    },
  });

const sign = (
  payload: string,
  secret = webhookSecret,
  at = Math.floor(Date.now() / 1000),
): string => `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${payload}`).digest('hex')}`;

const deliver = (payload: string, signature?: string): Promise<Answer> =>
  shop.send('POST', '/webhooks/psp', {
    body: payload,
    ...(signature !== undefined && { headers: { 'stripe-signature': signature } }),
  });

const countEvents = async (): Promise<number> => {
  const { rows } = await shop.database.query<{ n: number }>({
    text: 'select count(*)::int as n from psp_events',
  });
  return rows[0]?.n ?? 0;
};

const rejected = async (): Promise<number> => {
  const { text } = await shop.send('GET', '/metrics');
  return Number(/^webhooks_rejected_total\S* (\d+)/m.exec(text)?.[1] ?? 0);
};

describe('a webhook', () => {
  it('that is genuine is stored, once however often it comes', async () => {
    const payload = anEvent();
    const before = await countEvents();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => deliver(payload, sign(payload))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await countEvents()).toBe(before + 1);
  });

  it('may be signed with either of two secrets, while one is being changed', async () => {
    for (const secret of [webhookSecret, 'whsec_the_next_one']) {
      const payload = anEvent();
      expect((await deliver(payload, sign(payload, secret))).status).toBe(200);
    }
  });

  it('that is forged, changed, old or not signed is refused, and nothing of it is kept', async () => {
    const payload = anEvent();
    const good = sign(payload);
    const old = Math.floor(Date.now() / 1000) - 301;
    const flipped = (text: string, at: number): string =>
      text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
    const attempts: [string, string | undefined][] = [
      [payload, undefined],
      [payload, ''],
      [payload, 'rubbish'],
      [payload, sign(payload, 'whsec_of_someone_else')],
      [payload, sign(payload, webhookSecret, old)],
      [payload, good.replace(/t=\d+/, `t=${old}`)],
      [payload, good.replace('v1=', 'v0=')],
      [`${payload} `, good],
      [payload.replace('pi_of_nobody', 'pi_of_me'), good],
      ['not json', good],
    ];
    for (let at = good.indexOf('v1=') + 3; at < good.length; at += 7) {
      attempts.push([payload, flipped(good, at)]);
    }
    for (let at = 0; at < payload.length; at += 13) attempts.push([flipped(payload, at), good]);
    const [before, metric] = [await countEvents(), await rejected()];
    for (const [body, signature] of attempts) {
      const answer = await deliver(body, signature);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'webhooks.signature_invalid' });
    }
    expect(await countEvents()).toBe(before);
    expect(await rejected()).toBe(metric + attempts.length);
  }, 20_000);

  it('that is larger than 256 KiB is refused', async () => {
    const payload = JSON.stringify({ id: 'evt_x', padding: 'x'.repeat(257 * 1024) });
    expect((await deliver(payload, sign(payload))).status).toBe(413);
  });

  it('of each order that was paid has been worked off', async () => {
    await shop.stock('shirt-m', 10);
    const placed = await shop.post(shop.order());
    await shop.settled(placed.body);
    const open = async (): Promise<number> => {
      const { rows } = await shop.database.query<{ n: number }>({
        text: `select count(*)::int as n from psp_events
               where order_id = $1 and processed_at is null`,
        values: [placed.body['id']],
      });
      return rows[0]?.n ?? 0;
    };
    const deadline = Date.now() + 5000;
    while ((await open()) > 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 50));
    expect(await open()).toBe(0);
  }, 15_000);
});
