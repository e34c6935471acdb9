// A process of its own for bytes that strangers made: it has neither settings nor secrets, decodes
// nothing but the kinds that are taken, and may die without harm. Run from source by Node as it is.
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import type { Inspection, PictureAnswer, PictureTask } from './picture-task.ts';

/** A 602 KB PNG of 196 million pixels has cost 689 MB to decode, so the limit is far below that. */
const maxPixels = 40_000_000;
const maxSide = 12_000;
const maxSeconds = 25;
const placeholderSide = 16;

const input: SharpOptions = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true };

sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'].map((kind) => `VipsForeignLoad${kind}Buffer`),
});

class Unreadable extends Error {}

const inspect = async (bytes: Uint8Array): Promise<Inspection> => {
  const { width, height, autoOrient } = await sharp(bytes, {
    ...input,
    limitInputPixels: false,
  }).metadata();
  if (width > maxSide || height > maxSide || width * height > maxPixels) {
    const limits = `at most ${maxSide} a side and ${maxPixels / 1e6} million in all are taken`;
    throw new Unreadable(`it has ${width} × ${height} pixels; ${limits}`);
  }
  // Every pixel is read, so that a picture which ends half-way is found out now.
  const small = await sharp(bytes, input)
    .autoOrient()
    .resize(placeholderSide, placeholderSide, { fit: 'inside' })
    .blur(0.8)
    .webp({ quality: 40, alphaQuality: 40 })
    .timeout({ seconds: maxSeconds })
    .toBuffer();
  const placeholder = `data:image/webp;base64,${small.toString('base64')}`;
  return { width: autoOrient.width, height: autoOrient.height, placeholder };
};

/** Metadata and colour profiles are left out by sharp, once the profile has been applied. */
const encode = {
  avif: (image: Sharp) => image.avif({ quality: 55, effort: 1 }),
  webp: (image: Sharp) => image.webp({ quality: 78, effort: 2 }),
  jpeg: (image: Sharp) => image.flatten({ background: '#fff' }).jpeg({ quality: 80 }),
};

const derive = async (task: Extract<PictureTask, { kind: 'derive' }>): Promise<Buffer> => {
  const { source } = task;
  const image = sharp('bytes' in source ? source.bytes : await readFile(source.path), input)
    .autoOrient()
    .resize({ width: task.width, withoutEnlargement: true });
  return encode[task.format](image).timeout({ seconds: maxSeconds }).toBuffer();
};

const answer = async (task: PictureTask): Promise<PictureAnswer> => {
  try {
    const value = task.kind === 'inspect' ? await inspect(task.bytes) : await derive(task);
    return { kind: 'done', value, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    const reason = (error as Error).message.split('\n', 1)[0] ?? '';
    return { kind: 'unreadable', reason, rssBytes: process.memoryUsage.rss() };
  }
};

const reply = async (task: PictureTask): Promise<void> => {
  process.send?.(await answer(task));
};

process.on('message', (task: PictureTask) => void reply(task));
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group of processes; the parent decides when this one ends.
process.on('SIGINT', () => {});
