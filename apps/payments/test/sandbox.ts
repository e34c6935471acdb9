import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = new URL('../../../', import.meta.url).pathname;

export const freePort = async (): Promise<number> => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as { port: number };
  server.close();
  return port;
};

export type Process = {
  readonly url: string;
  /** Resolves with the signal or exit code that ended it. */
  readonly ended: Promise<string>;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/** Runs one of the apps as it is deployed: its compiled `main.js`, in a process of its own. */
export const runApp = async (app: string, env: Record<string, string>): Promise<Process> => {
  const port = env['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, [`${root}apps/${app}/dist/main.js`], {
    env: {
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      HOST: '127.0.0.1',
      ...env,
      PORT: port,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  const deadline = Date.now() + 60_000;
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null) {
      // It may reach its kill point before anybody could see that it runs.
      if (env['KILL_AT'] !== undefined) break;
      throw new Error(`${app} has ended`);
    }
    if (Date.now() > deadline) throw new Error(`${app} does not get ready`);
    await sleep(25);
  }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { url, ended, stop };
};

export type JournalEntry = {
  readonly seq: number;
  readonly kind: string;
  readonly object: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
};

export type Sandbox = Process & {
  journal(orderId?: string): Promise<JournalEntry[]>;
  setFaults(plan: object): Promise<void>;
  post(path: string, body?: object): Promise<Response>;
  /** What somebody does at the provider beside us. */
  v1(path: string, form: Record<string, string>): Promise<Response>;
};

export const secretKey = 'sk_test_payments_e2e';
export const webhookSecret = 'whsec_payments_e2e';

/** The real stand-in for Stripe: its own process, its own journal on disk. */
export const startSandbox = async (webhookUrl: string): Promise<Sandbox> => {
  const folder = await mkdtemp(join(tmpdir(), 'hemline-psp-'));
  const sandbox = await runApp('psp-sandbox', {
    JOURNAL_PATH: join(folder, 'journal.ndjson'),
    PSP_SECRET_KEY: secretKey,
    WEBHOOK_URL: webhookUrl,
    WEBHOOK_SECRET: webhookSecret,
  });
  const send = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${sandbox.url}${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
  return {
    ...sandbox,
    stop: async () => {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
    journal: async (orderId) => {
      const text = await (await send('GET', '/_sandbox/journal')).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JournalEntry)
        .filter(({ metadata }) => orderId === undefined || metadata['order_id'] === orderId);
    },
    setFaults: async (plan) => {
      const answer = await send('PUT', '/_sandbox/faults', plan);
      if (!answer.ok) throw new Error(await answer.text());
    },
    post: (path, body) => send('POST', path, body),
    v1: (path, form) =>
      fetch(`${sandbox.url}/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secretKey}` },
        body: new URLSearchParams(form),
      }),
  };
};
