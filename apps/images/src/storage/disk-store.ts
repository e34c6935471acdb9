import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PictureSource } from '../workers/picture-task.ts';
import type { ImageStore } from './image-store.ts';

/** A folder. A file is written beside its place, flushed, and renamed into it. */
export class DiskStore implements ImageStore {
  private readonly madeFolders = new Map<string, Promise<void>>();

  constructor(private readonly root: string) {}

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.root, key);
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    await this.makeFolder(dirname(path));
    try {
      await writeFlushed(draft, bytes);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await flushFolder(dirname(path));
  }

  async get(key: string): Promise<Buffer | undefined> {
    return ifThere(readFile(join(this.root, key)));
  }

  async has(key: string): Promise<boolean> {
    const found = await ifThere(access(join(this.root, key)).then(() => true));
    return found ?? false;
  }

  async locate(key: string): Promise<PictureSource | undefined> {
    return (await this.has(key)) ? { path: join(this.root, key) } : undefined;
  }

  async ping(): Promise<void> {
    await this.makeFolder(this.root);
    await access(this.root, constants.W_OK);
  }

  private makeFolder(path: string): Promise<void> {
    const made = this.madeFolders.get(path) ?? makeFlushed(path);
    this.madeFolders.set(path, made);
    made.catch(() => this.madeFolders.delete(path));
    return made;
  }
}

const writeFlushed = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** A new name is durable once the folder that holds it is flushed, up to the first that was there. */
const makeFlushed = async (path: string): Promise<void> => {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await flushFolder(dirname(made));
  }
};

const flushFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const ifThere = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
