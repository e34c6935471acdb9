import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageStore } from './image-store.ts';

type Opened = { readonly store: ImageStore; close(): Promise<void> };

/** What each image store promises. */
export const imageStoreContract = (name: string, open: () => Promise<Opened>): void => {
  describe(`${name} as an image store`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    it('gives back the bytes that were put, and knows that they are there', async () => {
      const bytes = randomBytes(300_000);
      await opened.store.put('originals/ab/one', bytes, 'image/png');
      expect((await opened.store.get('originals/ab/one'))?.equals(bytes)).toBe(true);
      expect(await opened.store.has('originals/ab/one')).toBe(true);
    });

    it('says of what was never put that it is not there', async () => {
      expect(await opened.store.get('originals/ab/none')).toBeUndefined();
      expect(await opened.store.has('originals/ab/none')).toBe(false);
    });

    it('lets another process read them', async () => {
      const bytes = randomBytes(1000);
      await opened.store.put('originals/ef/three', bytes, 'image/png');
      const source = await opened.store.locate('originals/ef/three');
      const read = source && ('path' in source ? await readFile(source.path) : source.bytes);
      expect(read && bytes.equals(read)).toBe(true);
      expect(await opened.store.locate('originals/ef/none')).toBeUndefined();
    });

    it('takes the same key again, also many times at once', async () => {
      const bytes = randomBytes(50_000);
      const puts = Array.from({ length: 8 }, () =>
        opened.store.put('originals/cd/two', bytes, 'image/png'),
      );
      await Promise.all(puts);
      expect((await opened.store.get('originals/cd/two'))?.equals(bytes)).toBe(true);
    });

    it('can be used', async () => {
      await expect(opened.store.ping()).resolves.toBeUndefined();
    });
  });
};
