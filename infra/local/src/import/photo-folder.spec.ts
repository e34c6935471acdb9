import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PhotoFolder } from './photo-folder.ts';

let root: string;
let folder: string;
let photos: PhotoFolder;

const names = ['Look 1.jpg', 'look.jpeg', 'Look.png', 'Ärmel.webp', 'a%20b.jpg', 'notes.txt'];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hemline-photos-'));
  folder = join(root, 'photos');
  await mkdir(join(folder, 'inner.jpg'), { recursive: true });
  await writeFile(join(root, 'secret.jpg'), 'secret');
  for (const name of names) await writeFile(join(folder, name), name);
  photos = await PhotoFolder.open(folder);
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe('a folder of photos', () => {
  it.each([
    ['https://cdn.example.com/s/files/1/look.jpeg?v=1437081385', 'look.jpeg'],
    ['https://cdn.example.com/s/Look.jpg#top', 'Look.png'],
    ['look.jpg', 'look.jpeg'],
    ['LOOK.PNG', 'Look.png'],
    ['LOOK.gif', 'Look.png'],
    ['https://cdn.example.com/Look%201.jpg', 'Look 1.jpg'],
    ['https://cdn.example.com/%C3%84rmel.jpg', 'Ärmel.webp'],
    ['https://cdn.example.com/a%20b.jpg', 'a%20b.jpg'],
    ['C:\\photos\\look.jpeg', 'look.jpeg'],
    ['100%.jpg', undefined],
    ['notes.jpg', undefined],
    ['https://cdn.example.com/', undefined],
    ['', undefined],
  ])('finds for %p the file %p', (src, name) => {
    expect(photos.find(src)).toBe(name);
  });

  it('gives out nothing but what lies in it, whatever is asked for', () => {
    const parts = fc.constantFrom('..', '/', '%2F', '%2e%2e', '\\', 'secret.jpg', 'Look', '.jpg');
    fc.assert(
      fc.property(fc.array(parts), (path) => {
        expect([...names, 'inner.jpg', undefined]).toContain(photos.find(path.join('')));
      }),
    );
  });

  it('reads a photo, and says why it does not', async () => {
    expect(await photos.read('look.jpeg')).toEqual(Buffer.from('look.jpeg'));
    expect(await photos.read('inner.jpg')).toEqual({ reason: 'is not a file' });
    await truncate(join(folder, 'Look.png'), 20 * 1024 * 1024 + 1);
    expect(await photos.read('Look.png')).toEqual({ reason: 'is larger than 20 MiB' });
    await rm(join(folder, 'look.jpeg'));
    expect(await photos.read('look.jpeg')).toEqual({ reason: 'cannot be read (ENOENT)' });
  });

  it('is refused in a sentence where there is none', async () => {
    const none = join(root, 'none');
    await expect(PhotoFolder.open(none)).rejects.toThrow(
      `There is no folder ${none}. Nothing was imported.`,
    );
  });
});
