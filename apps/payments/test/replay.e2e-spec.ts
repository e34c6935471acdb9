import { events } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dump, runEventsCommand } from '../../../libs/messaging/test/commands.ts';
import { newScene } from '../../../libs/messaging/test/scene.ts';
import { start } from '../src/main.ts';
import { newSigner } from './builders.ts';

jest.setTimeout(60_000);

const ours = ['orders', 'stock', 'ledger_entries', 'outbox'];

let scene: Awaited<ReturnType<typeof newScene>>;
let service: RunningService;

beforeAll(async () => {
  scene = await newScene('payments');
  Object.assign(scene.env, {
    STAFF_JWKS: '{"keys":[]}',
    TOKEN_SECRET: 'a secret for tests, long enough to be one',
    PSP_SECRET_KEY: 'sk_test_replay',
    PSP_API_URL: 'http://127.0.0.1:1',
    PSP_WEBHOOK_SECRETS: 'whsec_replay',
  });
  service = await start(scene.env);
});

afterAll(async () => {
  await service.close();
  await scene.close();
});

describe('a replay of what payments copies', () => {
  it('makes the keys of quotes anew to the same bytes, and touches no money', async () => {
    for (const kid of ['a', 'b', 'c']) {
      const { jwk } = newSigner(kid);
      await scene.tell(events.quoteKeyPublished, { subject: kid, version: 1, data: { kid, jwk } });
    }
    await scene.caughtUp();
    await service.close();
    const { database, env } = scene;
    const before = await dump(database, ['quote_keys', ...ours]);
    expect(before).toMatch(/quote_keys: 3/);
    await database.query({ text: `delete from quote_keys where kid = 'b'` });

    const ran = await runEventsCommand('payments', ['replay', 'payments', '--from', '0'], env);
    expect([ran.code, ran.err]).toEqual([0, expect.not.stringMatching(/rror/)]);
    expect(ran.out).toMatch(/^3 events of catalog.quote-keys applied/);
    expect(await dump(database, ['quote_keys', ...ours])).toBe(before);
  });
});
