import type { Queryable, Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import type { CartAccess } from './carts.store.ts';

export type LineRequest = { readonly key: string; readonly hash: Buffer };

/** Requests that came with an Idempotency-Key, a cart's keys being its own. */
@Injectable()
export class LineRequestsStore {
  /** Takes the key. A second request with it waits here until the first has ended. */
  async claim(
    tx: Transaction,
    { id, tokenHash }: CartAccess,
    { key, hash }: LineRequest,
  ): Promise<boolean> {
    const { rowCount } = await tx.query({
      name: 'line_requests.claim',
      text: `insert into line_requests (cart_id, key, request_hash)
             select id, $3, $4 from carts where id = $1 and token_hash = $2
             on conflict do nothing`,
      values: [id, tokenHash, key, hash],
    });
    return rowCount === 1;
  }

  async find(
    db: Queryable,
    { id, tokenHash }: CartAccess,
    key: string,
  ): Promise<{ readonly hash: Buffer; readonly response: string } | undefined> {
    const { rows } = await db.query<{ request_hash: Buffer; response: string }>({
      name: 'line_requests.find',
      text: `select r.request_hash, r.response
             from line_requests r join carts c on c.id = r.cart_id
             where c.id = $1 and c.token_hash = $2 and r.key = $3`,
      values: [id, tokenHash, key],
    });
    return rows[0] && { hash: rows[0].request_hash, response: rows[0].response };
  }

  async complete(tx: Transaction, cartId: string, key: string, response: string): Promise<void> {
    await tx.query({
      name: 'line_requests.complete',
      text: 'update line_requests set response = $3 where cart_id = $1 and key = $2',
      values: [cartId, key, response],
    });
  }
}
