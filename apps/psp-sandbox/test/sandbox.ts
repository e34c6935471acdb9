import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stripe } from 'stripe';
import { start } from '../src/main.ts';

export const secretKey = 'sk_test_e2e_0123456789';

export type JournalLine = {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly object: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
};

/** The official client, told where the sandbox is and nothing else. */
export const clientOf = (url: string, key = secretKey): Stripe =>
  new Stripe(key, {
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });

export const journalOf = async (url: string): Promise<JournalLine[]> => {
  const text = await (await fetch(`${url}/_sandbox/journal`)).text();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalLine);
};

export const send = (url: string, method: string, body?: unknown): Promise<Response> =>
  fetch(url, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'psp-sandbox-'));

export type Sandbox = {
  readonly url: string;
  readonly stripe: Stripe;
  readonly journalPath: string;
  close(): Promise<void>;
};

/** A sandbox in this process, on a journal of its own unless one is named. */
export const startSandbox = async (
  env: Readonly<Record<string, string>> = {},
): Promise<Sandbox> => {
  const folder = await newFolder();
  const journalPath = env['JOURNAL_PATH'] ?? join(folder, 'journal.ndjson');
  const service = await start({
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    JOURNAL_PATH: journalPath,
    PSP_SECRET_KEY: secretKey,
    ...env,
  });
  return {
    url: service.url,
    stripe: clientOf(service.url),
    journalPath,
    close: async () => {
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

type CreateParams = Stripe.PaymentIntentCreateParams;

/** What payments sends: create and confirm in one, to be captured later. */
export const holdParams = (fields: Partial<CreateParams> = {}): CreateParams => ({
  amount: 12_900,
  currency: 'eur',
  confirm: true,
  capture_method: 'manual',
  payment_method: 'pm_card_visa',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  ...fields,
});

/** The error that a call of the package ends with. */
export const errorOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await call;
  } catch (error) {
    return error as Stripe.errors.StripeError;
  }
  throw new Error('the call was expected to fail');
};
