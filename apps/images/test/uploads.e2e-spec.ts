import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesApi } from '@hemline/contracts';
import { listRoutes } from '@hemline/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { aBomb, aPicture } from './pictures.ts';
import { findOpenApiFaults } from '../../../libs/http/test/openapi.ts';
import { eventually } from '../../../libs/postgres/test/eventually.ts';
import { type StartedImages, startImages } from './started.ts';

let images: StartedImages;
beforeAll(async () => {
  images = await startImages();
});
afterAll(() => images.close());

describe('an upload', () => {
  it('answers with the id of its bytes, its size and a placeholder, and is told of once', async () => {
    const bytes = await aPicture('jpeg', { seed: 11 });
    const first = await images.upload(bytes);
    expect(first.status).toBe(201);
    const image = imagesApi.image.parse(first.image);
    expect(image).toMatchObject({ width: 400, height: 500 });
    expect(image.placeholder).toMatch(/^data:image\/webp;base64,/);
    expect(image.placeholder.length).toBeLessThan(500);
    const again = await Promise.all([1, 2, 3].map(() => images.upload(bytes)));
    for (const { status, image: same } of again) expect([status, same]).toEqual([201, image]);
    await eventually(async () =>
      expect(await images.told(image.id)).toMatchObject([
        { type: 'images.asset.stored.v1', version: 1, data: { imageId: image.id, width: 400 } },
      ]),
    );
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)('takes %s', async (format) => {
    const bytes = await aPicture(format, { seed: 12 });
    const { status, image } = await images.upload(bytes, { type: `image/${format}` });
    expect([status, image.width, image.height]).toEqual([201, 400, 500]);
    const shown = await images.get(`/images/${image.id}/160.webp`);
    expect((await sharp(shown.bytes).metadata()).width).toBe(160);
  });

  it('goes by the bytes, not by the declared type', async () => {
    const bytes = await aPicture('png', { seed: 13 });
    for (const type of ['image/jpeg', 'application/octet-stream', null]) {
      expect((await images.upload(bytes, { type })).status).toBe(201);
    }
  });

  it('turns a picture as its camera was held, and keeps nothing of its metadata', async () => {
    const bytes = await sharp(await aPicture('jpeg', { seed: 14 }))
      .withExif({ IFD0: { Copyright: 'somebody, somewhere' } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { image } = await images.upload(bytes);
    expect([image.width, image.height]).toEqual([500, 400]);
    const { bytes: shown } = await images.get(`/images/${image.id}/320.jpeg`);
    expect(await sharp(shown).metadata()).toMatchObject({ width: 320, height: 256 });
    expect((await sharp(shown).metadata()).exif).toBeUndefined();
    expect(shown.includes('somebody')).toBe(false);
  });

  it('shows the first frame of an animation', async () => {
    const frames = await Promise.all([1, 5].map((seed) => aPicture('png', { seed })));
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { status, image } = await images.upload(bytes, { type: 'image/gif' });
    expect([status, image.width, image.height]).toEqual([201, 400, 500]);
  });

  it('of a picture whose file is gone from the store brings it back', async () => {
    const bytes = await aPicture('jpeg', { seed: 15 });
    const { image } = await images.upload(bytes);
    await eventually(async () => expect(await images.unprepared()).toBe(0));
    await rm(join(images.folder, 'originals', image.id.slice(0, 2), image.id));
    await images.upload(bytes);
    const kept = await readdir(join(images.folder, 'originals', image.id.slice(0, 2)));
    expect(kept).toContain(image.id);
  });
});

describe('what is not a picture', () => {
  const cut = async (part: number): Promise<Buffer> => {
    const whole = await aPicture('jpeg', { width: 900, height: 900, seed: 21 });
    return whole.subarray(0, Math.floor(whole.length * part));
  };
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');

  it.each<[string, () => Buffer | Promise<Buffer>, string, number, string]>([
    ['a JPEG cut in its middle', () => cut(0.5), 'image/jpeg', 422, 'images.unreadable'],
    ['a JPEG cut near its end', () => cut(0.97), 'image/jpeg', 422, 'images.unreadable'],
    ['a JPEG of its first bytes', () => cut(0.01), 'image/jpeg', 422, 'images.unreadable'],
    ['noise', () => randomBytes(5000), 'image/png', 422, 'images.unreadable'],
    ['words', () => Buffer.from('not a picture at all'), 'image/jpeg', 422, 'images.unreadable'],
    ['nothing', () => Buffer.alloc(0), 'image/jpeg', 422, 'images.unreadable'],
    [
      'a PNG that is a header and noise',
      () => Buffer.concat([aBomb({ width: 9, height: 9 }).subarray(0, 33), randomBytes(99)]),
      'image/png',
      422,
      'images.unreadable',
    ],
    [
      '20,000 × 20,000 pixels',
      () => aBomb({ width: 20_000, height: 20_000 }),
      'image/png',
      422,
      'images.unreadable',
    ],
    [
      '20,000 × 10 pixels',
      () => aBomb({ width: 20_000, height: 10 }),
      'image/png',
      422,
      'images.unreadable',
    ],
    [
      '121 million pixels',
      () => aBomb({ width: 11_000, height: 11_000 }),
      'image/png',
      422,
      'images.unreadable',
    ],
    ['SVG', () => svg, 'image/svg+xml', 415, 'images.unsupported'],
    ['SVG said to be PNG', () => svg, 'image/png', 415, 'images.unsupported'],
    [
      'a PDF',
      () => Buffer.from('%PDF-1.7 …'),
      'application/octet-stream',
      415,
      'images.unsupported',
    ],
    [
      'a form',
      () => Buffer.from('a=b'),
      'application/x-www-form-urlencoded',
      415,
      'images.unsupported',
    ],
    [
      'JSON',
      () => Buffer.from('{"url":"http://169.254.169.254/"}'),
      'application/json',
      415,
      'images.unsupported',
    ],
    ['21 MiB', () => Buffer.alloc(21 * 1024 * 1024, 0xff), 'image/jpeg', 413, 'request.too_large'],
  ])('(%s) is refused, and nothing is kept', async (_what, make, type, status, code) => {
    const before = await images.database.query({ text: 'select id from assets order by id' });
    const refused = await images.upload(await make(), { type });
    expect([refused.status, refused.problem.code]).toEqual([status, code]);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const after = await images.database.query({ text: 'select id from assets order by id' });
    expect(after.rows).toEqual(before.rows);
  });

  it('says how large a picture may be', async () => {
    const { problem } = await images.upload(aBomb({ width: 20_000, height: 20_000 }));
    expect(problem.detail).toMatch(/20000 × 20000 pixels; at most 12000 a side and 40 million/);
  });

  it('costs no memory, here or in a worker, however many pixels it claims', async () => {
    const bomb = aBomb({ width: 20_000, height: 20_000 });
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 5; i += 1) expect((await images.upload(bomb)).status).toBe(422);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
    for (const pid of children()) expect(peakOf(pid)).toBeLessThan(250 * 1024);
  });
});

const read = (path: string): string => readFileSync(path, 'utf8');
const children = (): string[] =>
  process.platform === 'linux'
    ? read(`/proc/${process.pid}/task/${process.pid}/children`).trim().split(' ').filter(Boolean)
    : [];
/** The most memory that a process ever had, in KiB. */
const peakOf = (pid: string): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);

describe('who may upload', () => {
  it('is an admin: nobody else gets a byte in', async () => {
    const bytes = await aPicture('jpeg', { seed: 31 });
    const huge = Buffer.alloc(19 * 1024 * 1024, 0xff);
    for (const body of [bytes, huge]) {
      for (const [token, status, code] of [
        [null, 401, 'auth.required'],
        ['x'.repeat(40), 401, 'auth.required'],
        [await images.tokenFor('support'), 403, 'auth.forbidden'],
      ] as const) {
        const { status: given, problem } = await images.upload(body, { token });
        expect([given, problem.code]).toEqual([status, code]);
      }
    }
  });

  it('is documented, as is every route', async () => {
    const routes = listRoutes(images.app());
    expect(routes.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'GET /images/:id/:file',
      'POST /images',
    ]);
    expect(routes.every(({ documentation }) => documentation)).toBe(true);
    const { bytes } = await images.get('/openapi.json');
    expect(await findOpenApiFaults(JSON.parse(bytes.toString()))).toEqual([]);
  });
});
