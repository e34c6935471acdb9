import { type Envelope, type Problem, type cartApi, events } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { PostgresTransport } from '@hemline/messaging';
import { createLogger } from '@hemline/telemetry';
import { eventually } from '../../../libs/postgres/test/eventually.ts';
import { testDatabase } from '../../../libs/postgres/test/test-database.ts';
import { start } from '../src/main.ts';
import { anEvent, newSigner } from './builders.ts';

const topicOf = new Map(Object.values(events).map(({ type, topic }) => [type as string, topic]));

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly cart: cartApi.Cart;
  readonly problem: Problem;
};

export type CartOptions = {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The service as it runs, on databases of its own, with catalog and payments played by the test. */
export const startCart = async () => {
  const [own, log] = await Promise.all([testDatabase('cart'), testDatabase('events')]);
  const service: RunningService = await start({
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    DATABASE_URL: own.url,
    EVENTS_DATABASE_URL: log.urlAs('cart'),
  });
  const logger = createLogger({ service: 'test', level: 'silent' });
  const owners = new Map(
    ['catalog', 'payments'].map((app) => [
      app,
      new PostgresTransport({ url: log.urlAs(app) ?? '', app, logger }),
    ]),
  );

  const publish = async (...facts: readonly Envelope[]): Promise<void> => {
    for (const fact of facts) {
      const topic = topicOf.get(fact.type) ?? '';
      const message = { topic, key: fact.subject, value: JSON.stringify(fact) };
      await owners.get(topic.split('.')[0] ?? '')?.publish([message]);
    }
  };

  /** Says that an owner has told all that it had committed before `time`. */
  const sayAllTold = async (app: string, time: Date): Promise<void> =>
    owners.get(app)?.publish([], { app, time });

  const request = async (
    method: string,
    path: string,
    { body, token, headers }: CartOptions = {},
  ): Promise<Answer> => {
    const answer = await fetch(service.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = JSON.parse(text) as cartApi.Cart & Problem;
    return { status: answer.status, headers: answer.headers, text, cart: json, problem: json };
  };

  const newCart = async (): Promise<{ id: string; token: string; path: string }> => {
    const { id, token } = (await request('POST', '/carts')).cart as cartApi.CartCreated;
    return { id, token, path: `/carts/${id}` };
  };

  /** What has been published to a topic about one subject. */
  const told = async (topic: string, key: string): Promise<Envelope[]> => {
    const { rows } = await log.database.query<{ event: string }>({
      text: 'select event from event_log where topic = $1 and key = $2 order by "offset"',
      values: [topic, key],
    });
    return rows.map(({ event }) => JSON.parse(event) as Envelope);
  };

  const signer = newSigner();
  await publish(
    anEvent(
      events.quoteKeyPublished,
      { subject: signer.kid },
      { kid: signer.kid, jwk: signer.jwk },
    ),
  );
  await eventually(async () => {
    const { rowCount } = await own.database.query({ text: 'select from quote_keys' });
    if (rowCount !== 1) throw new Error('the key has not arrived');
  });

  const close = async (): Promise<void> => {
    await service.close();
    for (const owner of owners.values()) await owner.close();
    await Promise.all([own.close(), log.close()]);
  };
  return {
    service,
    request,
    newCart,
    publish,
    sayAllTold,
    told,
    quote: signer.quote,
    database: own.database,
    close,
  };
};

export type StartedCart = Awaited<ReturnType<typeof startCart>>;
