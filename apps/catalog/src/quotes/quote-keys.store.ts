import type { JsonWebKey } from 'node:crypto';
import type { Queryable, Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';

export type QuoteKeyRow = {
  readonly kid: string;
  readonly public_jwk: JsonWebKey;
  readonly private_jwk: JsonWebKey;
  readonly signs_from: Date;
};

/** Keys that are kept in sight: far more than can have signed a quote that anyone still holds. */
const maxKeys = 50;

@Injectable()
export class QuoteKeysStore {
  /** One instance makes keys at a time; the others wait, and find what it made. */
  async lock(tx: Transaction): Promise<void> {
    await tx.query({ text: `select pg_advisory_xact_lock(hashtext('quote keys'))` });
  }

  /** The newest first. */
  async findAll(db: Queryable): Promise<QuoteKeyRow[]> {
    const { rows } = await db.query<QuoteKeyRow>({
      name: 'quote_keys.find_all',
      text: `
        select kid, public_jwk, private_jwk, signs_from from quote_keys
        order by signs_from desc, created_at desc limit $1`,
      values: [maxKeys],
    });
    return rows;
  }

  async add(
    tx: Transaction,
    key: Pick<QuoteKeyRow, 'kid' | 'public_jwk' | 'private_jwk'>,
    leadSeconds: number,
  ): Promise<Date> {
    const { rows } = await tx.query<{ signs_from: Date }>({
      name: 'quote_keys.add',
      text: `
        insert into quote_keys (kid, public_jwk, private_jwk, signs_from)
        values ($1, $2, $3, now() + $4 * interval '1 second') returning signs_from`,
      values: [
        key.kid,
        JSON.stringify(key.public_jwk),
        JSON.stringify(key.private_jwk),
        leadSeconds,
      ],
    });
    const row = rows[0];
    if (!row) throw new Error('a key was not stored');
    return row.signs_from;
  }
}
