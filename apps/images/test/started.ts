import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope, Problem, imagesApi } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { testDatabase } from '../../../libs/postgres/test/test-database.ts';
import { start } from '../src/main.ts';

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly image: imagesApi.Image;
  readonly problem: Problem;
};

type UploadOptions = { readonly type?: string | null; readonly token?: string | null };

/** The service as it runs, on databases and a folder of its own, with staff tokens of the test's. */
export const startImages = async (settings: Readonly<Record<string, string>> = {}) => {
  const [own, log] = await Promise.all([testDatabase('images'), testDatabase('events')]);
  const folder = await mkdtemp(join(tmpdir(), 'hemline-images-'));
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'staff', alg: 'EdDSA' };
  const tokenFor = (role: string): Promise<string> =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'staff' })
      .setIssuer('hemline')
      .setSubject('somebody')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  const admin = await tokenFor('admin');
  const begin = (): Promise<RunningService> =>
    start({
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      DATABASE_URL: own.url,
      EVENTS_DATABASE_URL: log.urlAs('images'),
      STAFF_JWKS: JSON.stringify({ keys: [jwk] }),
      IMAGE_DIR: folder,
      ...settings,
    });
  let service = await begin();

  const toAnswer = async (answer: Response): Promise<Answer> => {
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = answer.headers.get('content-type')?.includes('json');
    const json = isJson ? JSON.parse(bytes.toString()) : {};
    return { status: answer.status, headers: answer.headers, bytes, image: json, problem: json };
  };

  const upload = async (
    body: Buffer,
    { type = 'image/jpeg', token = admin }: UploadOptions = {},
  ): Promise<Answer> =>
    toAnswer(
      await fetch(`${service.url}/images`, {
        method: 'POST',
        headers: {
          ...(type !== null && { 'content-type': type }),
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: new Uint8Array(body),
      }),
    );

  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    toAnswer(await fetch(service.url + path, { headers }));

  /** A counter of the service's metrics. */
  const tasksDone = async (kind: 'inspect' | 'derive'): Promise<number> => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const line = new RegExp(
      `^picture_tasks_total\\{kind="${kind}",outcome="done",.*\\} (\\d+)$`,
      'm',
    );
    return Number(line.exec(text)?.[1] ?? 0);
  };

  const unprepared = async (): Promise<number> => {
    const { rows } = await own.database.query<{ n: number }>({
      text: 'select count(*)::int as n from assets where prepared_at is null',
    });
    return rows[0]?.n ?? -1;
  };

  const told = async (key: string): Promise<Envelope[]> => {
    const { rows } = await log.database.query<{ event: string }>({
      text: `select event from event_log where topic = 'images.assets' and key = $1`,
      values: [key],
    });
    return rows.map(({ event }) => JSON.parse(event) as Envelope);
  };

  return {
    folder,
    database: own.database,
    tokenFor,
    upload,
    get,
    tasksDone,
    unprepared,
    told,
    app: () => service.app,
    restart: async (): Promise<void> => {
      await service.close();
      service = await begin();
    },
    close: async (): Promise<void> => {
      await service.close();
      await Promise.all([own.close(), log.close(), rm(folder, { recursive: true, force: true })]);
    },
  };
};

export type StartedImages = Awaited<ReturnType<typeof startImages>>;
