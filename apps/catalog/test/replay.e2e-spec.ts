import { events } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dump, runEventsCommand } from '../../../libs/messaging/test/commands.ts';
import { newScene } from '../../../libs/messaging/test/scene.ts';
import { start } from '../src/main.ts';

jest.setTimeout(60_000);

const copies = ['stock_copies', 'image_copies'];
const ours = ['products', 'variants', 'price_versions', 'quote_keys', 'outbox'];

let scene: Awaited<ReturnType<typeof newScene>>;
let service: RunningService;

beforeAll(async () => {
  scene = await newScene('catalog');
  scene.env['STAFF_JWKS'] = '{"keys":[]}';
  service = await start(scene.env);
});

afterAll(async () => {
  await service.close();
  await scene.close();
});

describe('a replay of what catalog copies', () => {
  it('makes every copy anew to the same bytes, and leaves what catalog owns', async () => {
    for (let version = 1; version <= 3; version += 1) {
      for (let n = 0; n < 12; n += 1) {
        const available = (n * version) % 7;
        const sku = `sku-${n}`;
        const data = { sku, onHand: available, held: 0, allocated: 0, available };
        await scene.tell(events.stockChanged, { subject: sku, version, data });
      }
    }
    for (let n = 0; n < 9; n += 1) {
      const imageId = String(n).repeat(32);
      const data = { imageId, width: 100 + n, height: 200, placeholder: `p${n}` };
      await scene.tell(events.assetStored, { subject: imageId, version: 1, data });
    }
    await scene.caughtUp();
    await service.close();
    const { database, env } = scene;
    const before = await dump(database, [...copies, ...ours]);
    expect(before).toMatch(/stock_copies: 12[^]*image_copies: 9[^]*quote_keys: 1/);
    await database.query({ text: 'update stock_copies set available = 99' });
    await database.query({ text: 'delete from image_copies where width > 104' });

    const ran = await runEventsCommand('catalog', ['replay', 'catalog', '--from', '0'], env);
    expect([ran.code, ran.err]).toEqual([0, expect.not.stringMatching(/rror/)]);
    expect(ran.out).toMatch(/^45 events of payments.stock, images.assets applied/);
    expect(await dump(database, [...copies, ...ours])).toBe(before);
  });
});
