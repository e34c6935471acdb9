import { randomUUID } from 'node:crypto';
import type { EventDefinition, Problem } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { PostgresTransport } from '@hemline/messaging';
import { createLogger } from '@hemline/telemetry';
import { jest } from '@jest/globals';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { z } from 'zod';
import { type TestDatabase, testDatabase } from '../../../libs/postgres/test/test-database.ts';
import { start } from '../src/main.ts';

// Databases are made and a service is started; on a busy machine that takes longer than Jest waits.
jest.setTimeout(60_000);

export type Reply<Body = unknown> = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
};

type Telling = {
  readonly type: string;
  readonly version: number;
  readonly data: { readonly handle: string; readonly variants?: { priceVersion: number }[] };
};

type SendOptions = {
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A catalog with databases of its own, and the keys of its staff. */
export class TestCatalog {
  private constructor(
    readonly service: RunningService,
    readonly env: NodeJS.ProcessEnv,
    private readonly databases: readonly TestDatabase[],
    private readonly sign: (role: string) => Promise<string>,
  ) {}

  static async start(settings: NodeJS.ProcessEnv = {}): Promise<TestCatalog> {
    const [catalog, events] = await Promise.all([testDatabase('catalog'), testDatabase('events')]);
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const env = {
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      DATABASE_URL: catalog.url,
      EVENTS_DATABASE_URL: events.urlAs('catalog'),
      STAFF_JWKS: JSON.stringify({
        keys: [{ ...(await exportJWK(publicKey)), kid: 'staff', alg: 'EdDSA' }],
      }),
      ...settings,
    };
    const sign = (role: string): Promise<string> =>
      new SignJWT({ role })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'staff' })
        .setIssuer('hemline')
        .setSubject('someone')
        .setExpirationTime('5m')
        .sign(privateKey);
    return new TestCatalog(await start(env), env, [catalog, events], sign);
  }

  token(role = 'admin'): Promise<string> {
    return this.sign(role);
  }

  /** What catalog has told of its products, in the order of each one. */
  async tellings(): Promise<Telling[]> {
    const { rows } = (await this.databases[1]?.database.query<{ event: string }>({
      text: `select event from event_log where topic = 'catalog.products' order by partition, "offset"`,
    })) ?? { rows: [] };
    return rows.map(({ event }) => JSON.parse(event) as Telling);
  }

  async keysTold(): Promise<string[]> {
    const { rows } = (await this.databases[1]?.database.query<{ key: string }>({
      text: `select key from event_log where topic = 'catalog.quote-keys'`,
    })) ?? { rows: [] };
    return rows.map(({ key }) => key);
  }

  /** The skus of which payments' word has arrived. */
  async copiedSkus(): Promise<string[]> {
    const { rows } = (await this.databases[0]?.database.query<{ sku: string }>({
      text: 'select sku from stock_copies',
    })) ?? { rows: [] };
    return rows.map(({ sku }) => sku);
  }

  async get<Body = unknown>(
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    return this.send<Body>('GET', path, { headers, token: null });
  }

  async send<Body = unknown>(
    method: string,
    path: string,
    { body, token, headers }: SendOptions = {},
  ): Promise<Reply<Body>> {
    const bearer = token === undefined ? await this.token() : token;
    const answer = await fetch(this.service.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text ? JSON.parse(text) : undefined) as Body,
    };
  }

  put<Body = Problem>(
    handle: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    return this.send<Body>('PUT', `/products/${handle}`, { body, headers });
  }

  /** Tells a fact through the event log, as its owner would. */
  tell<Schema extends z.ZodType>(
    app: string,
    definition: EventDefinition<Schema>,
    { subject, version, data }: { subject: string; version: number; data: z.input<Schema> },
  ): Promise<void> {
    const value = JSON.stringify({
      id: randomUUID(),
      type: definition.type,
      source: app,
      subject,
      time: new Date().toISOString(),
      version,
      dataschema: definition.type,
      data,
    });
    const message = { topic: definition.topic, key: subject, value };
    return this.publishAs(app, (transport) => transport.publish([message]));
  }

  /** Says that the app has told all that it had committed before `time`. */
  sayAllTold(app: string, time: Date): Promise<void> {
    return this.publishAs(app, (transport) => transport.publish([], { app, time }));
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.service.url}/metrics`)).text();
  }

  private async publishAs(
    app: string,
    publish: (transport: PostgresTransport) => Promise<void>,
  ): Promise<void> {
    const events = this.databases[1];
    if (!events) throw new Error('no events database');
    const logger = createLogger({ service: app, level: 'silent' });
    const transport = new PostgresTransport({ url: events.urlAs(app), app, logger });
    try {
      await publish(transport);
    } finally {
      await transport.close();
    }
  }

  async stop(): Promise<void> {
    await this.service.close();
    for (const database of this.databases) await database.close();
  }
}

/** Asks again until the answer is as it should be, or five seconds have gone. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
): Promise<T> => {
  const until = Date.now() + 5000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer) || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
