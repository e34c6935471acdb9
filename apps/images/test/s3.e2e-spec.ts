import { expect, it } from '@jest/globals';
import { aPicture } from './pictures.ts';
import { startS3 } from './s3-stand-in.ts';
import { startImages } from './started.ts';

it('keeps pictures in a store that speaks S3, by configuration alone', async () => {
  const s3 = await startS3();
  const images = await startImages(s3.settings);
  const { status, image } = await images.upload(await aPicture('png', { seed: 41 }));
  expect(status).toBe(201);
  const shown = await images.get(`/images/${image.id}/320.avif`);
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/avif']);
  expect((await images.get('/readyz')).status).toBe(200);
  const kept = [...s3.objects].map(([key, { type }]) => [key.split('/')[0], type]);
  expect(kept).toContainEqual(['originals', 'image/png']);
  expect(kept).toContainEqual(['derivatives', 'image/avif']);
  await images.close();
  await s3.close();
});
