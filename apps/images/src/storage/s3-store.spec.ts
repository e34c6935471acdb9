import { expect, it } from '@jest/globals';
import { startS3 } from '../../test/s3-stand-in.ts';
import { imageStoreContract } from './image-store.contract.ts';
import { S3Store } from './s3-store.ts';

const open = async () => {
  const s3 = await startS3();
  const store = new S3Store(s3.settings);
  const close = async (): Promise<void> => {
    store.onApplicationShutdown();
    await s3.close();
  };
  return { ...s3, store, close };
};

imageStoreContract('an S3 bucket', open);

it('keeps the type of a picture, and tries again when the store is busy', async () => {
  const s3 = await open();
  s3.failNext(2);
  await s3.store.put('a', Buffer.from('bytes'), 'image/avif');
  expect(s3.objects.get('a')?.type).toBe('image/avif');
  s3.failNext(9);
  await expect(s3.store.get('a')).rejects.toThrow();
  await s3.close();
});
