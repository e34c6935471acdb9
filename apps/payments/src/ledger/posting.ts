import type { Transfer } from './transfer.ts';

// SQL that posts the transfers of a JSON parameter (see `toTransfersJson`), as parts of the statement
// that does what they are about: `with …, posted as (${postTransfers('$2')}), … ${postEntries('$2')}`.

/** Posted before, a transfer is left as it is. */
export const postTransfers = (parameter: string): string => `
  insert into ledger_transfers (id, kind, source_id, order_id)
  select gen_random_uuid(), t.kind, t.source_id, t.order_id
  from jsonb_to_recordset(${parameter}::jsonb) as t (kind text, source_id text, order_id uuid)
  on conflict on constraint ledger_transfers_source_key do nothing
  returning id, kind, source_id`;

/** The entries of the transfers that were posted, as `posted`; one posted before has nothing to add. */
export const postEntries = (parameter: string): string => `
  insert into ledger_entries (transfer_id, entry_number, account_id, currency, amount_minor)
  select posted.id, e.entry_number, e.account, e.currency, e.amount
  from posted
  join jsonb_to_recordset(${parameter}::jsonb) as t (kind text, source_id text, entries jsonb)
    using (kind, source_id),
  jsonb_to_recordset(t.entries)
    as e (entry_number int, account text, currency text, amount bigint)`;

export const toTransfersJson = (transfers: readonly Transfer[]): string =>
  JSON.stringify(
    transfers.map(({ kind, sourceId, orderId, entries }) => ({
      kind,
      source_id: sourceId,
      order_id: orderId,
      entries: entries.map(({ account, currency, amount }, i) => ({
        entry_number: i + 1,
        account,
        currency,
        amount: amount.toString(),
      })),
    })),
  );
