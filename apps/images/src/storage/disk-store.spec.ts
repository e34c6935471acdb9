import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DiskStore } from './disk-store.ts';
import { imageStoreContract } from './image-store.contract.ts';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hemline-images-'));

imageStoreContract('a folder', async () => {
  const folder = await newFolder();
  return { store: new DiskStore(folder), close: () => rm(folder, { recursive: true }) };
});

describe('a folder of pictures', () => {
  it('holds no half-written file, neither after a success nor after a failure', async () => {
    const folder = await newFolder();
    const store = new DiskStore(folder);
    await store.put('a/whole', Buffer.from('bytes'));
    const notBytes = { length: 1 } as unknown as Buffer;
    await expect(store.put('a/broken', notBytes)).rejects.toThrow();
    expect(await readdir(join(folder, 'a'))).toEqual(['whole']);
    await rm(folder, { recursive: true });
  });

  it('is not ready where there is a file in its place', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    await chmod(join(folder, 'file'), 0o444);
    await expect(new DiskStore(join(folder, 'file', 'below')).ping()).rejects.toThrow();
    await rm(folder, { recursive: true });
  });
});
