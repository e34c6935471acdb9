import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { clientOf, holdParams, journalOf, newFolder, secretKey } from './sandbox.ts';

const app = join(import.meta.dirname, '..');
let folder: string;
let child: ChildProcess | undefined;
let log = '';

beforeAll(async () => {
  // A process to kill runs the built app, as in production; this builds what is not built yet.
  await promisify(execFile)(process.execPath, [
    join(app, '../../node_modules/typescript/bin/tsc'),
    '-b',
    app,
  ]);
  folder = await newFolder();
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => kill());

/** A sandbox as its own process; resolves when it answers. */
const begin = async (name: string): Promise<{ url: string; stripe: Stripe }> => {
  child = spawn(process.execPath, [join(app, 'dist/main.js')], {
    env: {
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      JOURNAL_PATH: join(folder, name),
      PSP_SECRET_KEY: secretKey,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(child);
  const url = `http://127.0.0.1:${port}`;
  return { url, stripe: clientOf(url) };
};

/** The port that a starting process says it listens on. */
const portOf = (process: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    log = '';
    process.stdout?.on('data', (chunk: Buffer) => {
      log += String(chunk);
      const [, port] = /"port":(\d+)/.exec(log) ?? [];
      if (port !== undefined) resolve(port);
    });
    process.once('exit', () => reject(new Error(`the sandbox did not start: ${log}`)));
  });

const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
};

type Acknowledged = { readonly key: string; readonly id: string; readonly body: string };

describe('after kill -9 and a new start', () => {
  it('everything that was acknowledged is there, and nothing is there twice', async () => {
    const acknowledged: Acknowledged[] = [];
    const unknown: string[] = [];
    let n = 0;
    for (let round = 0; round < 5; round += 1) {
      const { stripe } = await begin('load.ndjson');
      const shop = { isOpen: true };
      const buy = async (): Promise<void> => {
        while (shop.isOpen) {
          n += 1;
          const key = `cf:${n}:1`;
          const options = { idempotencyKey: key };
          try {
            const params = holdParams({ metadata: { order_id: `${n}` } });
            const intent = await stripe.paymentIntents.create(params, options);
            acknowledged.push({ key, id: intent.id, body: JSON.stringify(intent) });
          } catch {
            unknown.push(key);
          }
        }
      };
      const buyers = Array.from({ length: 8 }, buy);
      const enough = acknowledged.length + 15 + round;
      while (acknowledged.length < enough) await new Promise((resolve) => setTimeout(resolve, 5));
      shop.isOpen = false;
      await kill();
      await Promise.all(buyers);
    }
    const { url, stripe } = await begin('load.ndjson');
    const holds = (await journalOf(url)).filter(
      ({ kind }) => kind === 'payment_intent.amount_capturable_updated',
    );
    const byOrder = Map.groupBy(holds, ({ metadata }) => metadata['order_id']);
    expect([...byOrder.values()].every((lines) => lines.length === 1)).toBe(true);
    expect(acknowledged.length).toBeGreaterThanOrEqual(75);
    for (const { key, id, body } of acknowledged) {
      const order = key.split(':')[1] ?? '';
      expect(byOrder.get(order)?.[0]?.object).toBe(id);
      const params = holdParams({ metadata: { order_id: order } });
      const again = await stripe.paymentIntents.create(params, { idempotencyKey: key });
      expect(JSON.stringify(again)).toBe(body);
      expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    }
    // What was never answered happened once or not at all, and the same key settles which.
    for (const key of unknown) {
      const order = key.split(':')[1] ?? '';
      const params = holdParams({ metadata: { order_id: order } });
      const settled = await stripe.paymentIntents.create(params, { idempotencyKey: key });
      expect(byOrder.get(order)?.[0]?.object ?? settled.id).toBe(settled.id);
    }
  }, 120_000);

  it('a line torn in two is forgotten, as nobody was told of it', async () => {
    const first = await begin('torn.ndjson');
    const { id } = await first.stripe.paymentIntents.create(holdParams());
    await kill();
    await appendFile(join(folder, 'torn.ndjson'), '{"type":"commit","at":17000000000');
    const second = await begin('torn.ndjson');
    expect((await second.stripe.paymentIntents.capture(id)).status).toBe('succeeded');
    expect(await journalOf(second.url)).toHaveLength(3);
    await kill();
    const third = await begin('torn.ndjson');
    expect(await journalOf(third.url)).toHaveLength(3);
    expect((await third.stripe.balance.retrieve()).available).toMatchObject([{ amount: 12_900 }]);
  }, 120_000);
});

describe('the log of the process', () => {
  it('holds no card number and no key, wherever they were put, and ends with a clean stop', async () => {
    const { url } = await begin('log.ndjson');
    const number = ['4242', '4242', '4242', '4242'].join('');
    const post = (path: string, body: string, key = 'k'): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${secretKey}`,
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': key,
        },
        body,
      });
    const answers = await Promise.all([
      post('/v1/payment_intents', `amount=1&currency=eur&description=${number}`),
      post('/v1/payment_intents', `amount=1&currency=eur&${number}=1`),
      post('/v1/payment_intents', 'amount=1&currency=eur', number),
      post(`/v1/payment_intents/${number}/cancel`, ''),
      post(`/v1/payment_intents?card=${number}`, 'amount=1&currency=eur'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    await kill('SIGTERM');
    expect(log).toContain('request answered');
    expect(log).toContain('psp-sandbox has stopped');
    expect(log).not.toContain(number);
    expect(log).not.toContain(secretKey);
    expect(child?.exitCode).toBe(0);
  }, 120_000);
});
