import { createHash } from 'node:crypto';
import { events, type imagesApi } from '@hemline/contracts';
import { Outbox } from '@hemline/messaging';
import { Database } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { originalKey } from '../derivatives/derivative.ts';
import { Preparer } from '../derivatives/preparer.ts';
import { refusal } from '../problems.ts';
import { IMAGE_STORE, type ImageStore } from '../storage/image-store.ts';
import { PictureWorkers } from '../workers/picture-workers.ts';
import { type Asset, AssetsStore } from './assets.store.ts';
import { type PictureFormat, foreignKindOf, pictureFormatOf } from './picture-format.ts';

/** A picture never changes, so what is told of it is told once. */
const storedVersion = 1;

@Injectable()
export class AssetsService {
  constructor(
    private readonly database: Database,
    private readonly assets: AssetsStore,
    private readonly workers: PictureWorkers,
    private readonly preparer: Preparer,
    private readonly outbox: Outbox,
    @Inject(IMAGE_STORE) private readonly store: ImageStore,
  ) {}

  /**
   * Keeps an original under the hash of its bytes. The bytes are durable before the row that promises
   * them; a crash in between leaves a file that the next upload of the same picture takes over.
   */
  async add(bytes: Buffer): Promise<imagesApi.Image> {
    const format = assertPicture(bytes);
    const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const known = await this.assets.find(this.database, id);
    if (known && (await this.store.has(originalKey(id)))) return toImage(known);
    const inspection = known ?? (await this.workers.inspect(bytes));
    await this.store.put(originalKey(id), bytes, `image/${format}`);
    const { width, height, placeholder } = inspection;
    const asset: Asset = { id, format, byteLength: bytes.length, width, height, placeholder };
    if (!known) await this.record(asset);
    return toImage(asset);
  }

  private async record(asset: Asset): Promise<void> {
    const { id: imageId, width, height, placeholder } = asset;
    await this.database.transaction(
      async (tx) => {
        if (!(await this.assets.add(tx, asset))) return;
        await this.outbox.append(tx, {
          definition: events.assetStored,
          subject: imageId,
          version: storedVersion,
          data: { imageId, width, height, placeholder },
        });
        tx.afterCommit(() => this.preparer.wake());
      },
      { onUnknownCommit: 'repeat' },
    );
  }
}

const assertPicture = (bytes: Buffer): PictureFormat => {
  const format = pictureFormatOf(bytes);
  if (format) return format;
  const kind = foreignKindOf(bytes);
  if (kind) {
    throw refusal('images.unsupported', {
      detail: `it is ${kind}; JPEG, PNG, WebP, AVIF and GIF are taken`,
    });
  }
  throw refusal('images.unreadable', { detail: 'it does not begin as any picture does' });
};

const toImage = ({ id, width, height, placeholder }: Asset): imagesApi.Image => ({
  id,
  width,
  height,
  placeholder,
});
