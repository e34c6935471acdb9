import type { Queryable, Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import type { PictureFormat } from './picture-format.ts';

export type Asset = {
  readonly id: string;
  readonly format: PictureFormat;
  readonly byteLength: number;
  readonly width: number;
  readonly height: number;
  readonly placeholder: string;
};

/** A picture whose derivatives are not all made yet, and how far it is. */
export type UnpreparedAsset = Pick<Asset, 'id' | 'width'> & { readonly stage: number };

type AssetRow = Omit<Asset, 'byteLength'> & { readonly byte_length: number };

/** A picture that cannot be prepared so many times is left to whoever asks for it. */
const maxFailures = 3;

@Injectable()
export class AssetsStore {
  async find(db: Queryable, id: string): Promise<Asset | undefined> {
    const { rows } = await db.query<AssetRow>({
      name: 'assets.find',
      text: 'select id, format, byte_length, width, height, placeholder from assets where id = $1',
      values: [id],
    });
    return rows[0] && toAsset(rows[0]);
  }

  /** False if it was there before. */
  async add(tx: Transaction, asset: Asset): Promise<boolean> {
    const { id, format, byteLength, width, height, placeholder } = asset;
    const { rowCount } = await tx.query({
      name: 'assets.add',
      text: `insert into assets (id, format, byte_length, width, height, placeholder)
             values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
      values: [id, format, byteLength, width, height, placeholder],
    });
    return rowCount === 1;
  }

  async findUnprepared(db: Queryable): Promise<UnpreparedAsset | undefined> {
    const { rows } = await db.query<UnpreparedAsset>({
      name: 'assets.find_unprepared',
      text: `select id, width, stage from assets
             where prepared_at is null and failures < $1
             order by stage, stored_at limit 1`,
      values: [maxFailures],
    });
    return rows[0];
  }

  async completeStage(db: Queryable, id: string, stage: number, isLast: boolean): Promise<void> {
    await db.query({
      name: 'assets.complete_stage',
      text: `update assets set stage = $2 + 1, prepared_at = case when $3 then now() end
             where id = $1 and stage = $2`,
      values: [id, stage, isLast],
    });
  }

  async recordFailure(db: Queryable, id: string): Promise<void> {
    await db.query({
      name: 'assets.record_failure',
      text: 'update assets set failures = failures + 1 where id = $1',
      values: [id],
    });
  }
}

const toAsset = ({ byte_length: byteLength, ...asset }: AssetRow): Asset => ({
  ...asset,
  byteLength,
});
