import type { Queryable, Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';

/** The public half of a key of catalog's, as a JWK. */
export type QuoteKey = { readonly kty: string; readonly crv: string; readonly x: string };

@Injectable()
export class QuoteKeysStore {
  async find(db: Queryable, kid: string): Promise<QuoteKey | undefined> {
    const { rows } = await db.query<{ jwk: QuoteKey }>({
      name: 'quote_keys.find',
      text: 'select jwk from quote_keys where kid = $1',
      values: [kid],
    });
    return rows[0]?.jwk;
  }

  async save(tx: Transaction, kid: string, jwk: QuoteKey, publishedAt: string): Promise<void> {
    await tx.query({
      name: 'quote_keys.save',
      text: `insert into quote_keys (kid, jwk, published_at) values ($1, $2, $3)
             on conflict (kid) do update set jwk = excluded.jwk, published_at = excluded.published_at`,
      values: [kid, JSON.stringify(jwk), publishedAt],
    });
  }
}
