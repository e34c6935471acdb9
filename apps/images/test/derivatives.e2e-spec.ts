import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFormats, imageWidths } from '@hemline/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { aPicture } from './pictures.ts';
import { eventually } from '../../../libs/postgres/test/eventually.ts';
import { type StartedImages, startImages } from './started.ts';

let images: StartedImages;
beforeAll(async () => {
  images = await startImages();
});
afterAll(() => images.close());

const newPicture = async (seed: number, width = 400): Promise<string> => {
  const bytes = await aPicture('jpeg', { width, height: width, seed });
  return (await images.upload(bytes)).image.id;
};
const allPrepared = (): Promise<void> =>
  eventually(async () => expect(await images.unprepared()).toBe(0), 60_000);

describe('a derivative', () => {
  it('is served in every width and format for ever, and never enlarged', async () => {
    const id = await newPicture(1, 700);
    for (const width of imageWidths) {
      for (const format of imageFormats) {
        const { status, headers, bytes } = await images.get(`/images/${id}/${width}.${format}`);
        expect([status, headers.get('content-type')]).toEqual([200, `image/${format}`]);
        expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
        const found = await sharp(bytes).metadata();
        expect([found.format, found.width]).toEqual([
          format === 'avif' ? 'heif' : format,
          Math.min(width, 700),
        ]);
      }
    }
  }, 30_000);

  it('is not sent again to who has it', async () => {
    const id = await newPicture(2);
    const { headers } = await images.get(`/images/${id}/160.jpeg`);
    const tag = headers.get('etag') ?? '';
    const again = await images.get(`/images/${id}/160.jpeg`, { 'if-none-match': `"x", ${tag}` });
    expect([again.status, again.bytes.length, again.headers.get('etag')]).toEqual([304, 0, tag]);
    expect((await images.get(`/images/${id}/160.webp`, { 'if-none-match': tag })).status).toBe(200);
  });

  it('of another width or format, or of an unknown picture, is not there', async () => {
    const id = await newPicture(3);
    for (const path of [
      `/images/${id}/333.avif`,
      `/images/${id}/320.png`,
      `/images/${id}/320`,
      `/images/${id}`,
      `/images/${id}/original`,
      `/images/${'0'.repeat(32)}/320.avif`,
      `/images/${id.toUpperCase()}0/320.avif`,
      '/images/..%2f..%2f..%2fetc/320.avif',
      '/images/..%2f..%2fetc%2fpasswd/320.avif',
    ]) {
      const { status, headers } = await images.get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(headers.get('cache-control') ?? 'no-store').toBe('no-store');
    }
  });

  it('is made once, however many ask for it first at one time and although it is made in advance', async () => {
    await allPrepared();
    const before = await images.tasksDone('derive');
    const id = await newPicture(4);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => images.get(`/images/${id}/320.avif`)),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const genuine = answers.filter(({ headers }) => headers.get('content-type') === 'image/avif');
    expect(new Set(genuine.map(({ bytes }) => bytes.toString('base64'))).size).toBe(1);
    await allPrepared();
    // A picture of 400 pixels has nine that are made in advance: 160, 320, 640 in three formats.
    expect((await images.tasksDone('derive')) - before).toBe(9);
    const files = await readdir(join(images.folder, 'derivatives/r1', id.slice(0, 2), id));
    expect(files).toHaveLength(9);
  }, 30_000);

  it('is a JPEG for a while where the queue is long, and itself soon after', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => newPicture(100 + i, 1300)));
    const paths = ids.flatMap((id) => [`/images/${id}/1280.avif`, `/images/${id}/960.avif`]);
    const answers = await Promise.all(paths.map((path) => images.get(path)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const at = answers.findIndex(({ headers }) => headers.get('content-type') === 'image/jpeg');
    const standIn = answers[at];
    expect(standIn?.headers.get('cache-control')).toBe('public, max-age=10');
    expect(standIn?.headers.get('etag')).toBeNull();
    expect(standIn?.headers.get('content-location')).toBe(paths[at]?.replace('avif', 'jpeg'));
    expect((await sharp(standIn?.bytes).metadata()).format).toBe('jpeg');
    await eventually(async () => {
      const { headers } = await images.get(paths[at] ?? '');
      expect(headers.get('content-type')).toBe('image/avif');
      expect(headers.get('cache-control')).toContain('immutable');
    });
  }, 60_000);
});

describe('after a restart', () => {
  it('what was not made in advance yet is made, and what was is not made again', async () => {
    await allPrepared();
    const before = await images.tasksDone('derive');
    const ids = [await newPicture(201), await newPicture(202), await newPicture(203)];
    await eventually(async () => expect(await images.tasksDone('derive')).toBeGreaterThan(before));
    const [{ n: begun } = { n: 0 }] = (
      await images.database.query<{ n: number }>({ text: 'select count(*)::int as n from assets' })
    ).rows;
    expect(begun).toBeGreaterThan(3);
    const made = async (): Promise<number> => {
      const folders = ids.map((id) => join(images.folder, 'derivatives/r1', id.slice(0, 2), id));
      const files = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
      return files.flat().length;
    };
    await images.restart();
    const kept = await made();
    expect(kept).toBeLessThan(27);
    await allPrepared();
    expect(await made()).toBe(27);
    expect(await images.tasksDone('derive')).toBeLessThanOrEqual(27 - kept + 1);
  }, 60_000);
});
