import type { Queryable, Transaction } from '@hemline/postgres';
import { postEntries, postTransfers, toTransfersJson } from '../ledger/posting.ts';
import type { Transfer } from '../ledger/transfer.ts';
import type { DisputeStatus } from '../transitions.ts';
import type { Dispute } from './dispute.ts';

export const list = async (db: Queryable, orderId: string): Promise<Dispute[]> => {
  const { rows } = await db.query<Dispute>({
    name: 'disputes.list',
    text: `select id, status, currency, amount_minor as amount from disputes
           where order_id = $1 order by opened_at, id`,
    values: [orderId],
  });
  return rows;
};

/** What banks have taken of an order's money: for the time being, or for good. */
export const sumTaken = (disputes: readonly Dispute[]): bigint =>
  disputes.reduce((sum, { status, amount }) => (status === 'won' ? sum : sum + amount), 0n);

/** One status of a dispute, and what it moves, as one. */
export const record = async (
  tx: Transaction,
  step: Omit<Dispute, 'status'> & {
    readonly orderId: string;
    readonly status: DisputeStatus;
    readonly transfer: Transfer;
  },
): Promise<void> => {
  await tx.query({
    name: 'disputes.record',
    text: `
      with dispute as (
        insert into disputes (id, order_id, currency, amount_minor, status) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set status = excluded.status,
          closed_at = case when excluded.status <> 'open' then now() end
      ), posted as (${postTransfers('$6')}
      )
      ${postEntries('$6')}`,
    values: [
      step.id,
      step.orderId,
      step.currency,
      step.amount,
      step.status,
      toTransfersJson([step.transfer]),
    ],
  });
};
