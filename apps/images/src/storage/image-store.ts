import type { PictureSource } from '../workers/picture-task.ts';

/** Where the bytes are: originals and derivatives, each written once and never changed. */
export interface ImageStore {
  /** All of it or nothing is there afterwards, also after a power cut. */
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  has(key: string): Promise<boolean>;
  /** For another process on this machine: the file if there is one, else the bytes. */
  locate(key: string): Promise<PictureSource | undefined>;
  /** Throws while the store cannot be used. */
  ping(): Promise<void>;
}

export const IMAGE_STORE = Symbol('IMAGE_STORE');
