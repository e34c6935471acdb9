import type { Queryable } from '@hemline/postgres';
import type { Account, JournalTransfer } from './hledger.ts';

/** A place in the order in which transfers were posted, exact to the microsecond. */
export type Place = { readonly at: string; readonly id: string };

export const listAccounts = async (db: Queryable): Promise<Account[]> => {
  const { rows } = await db.query<Account>({
    name: 'books.list_accounts',
    text: 'select id, kind from ledger_accounts order by id',
  });
  return rows;
};

export const listCurrencies = async (db: Queryable): Promise<string[]> => {
  const { rows } = await db.query<{ currency: string }>({
    name: 'books.list_currencies',
    text: 'select distinct currency from ledger_balances order by currency',
  });
  return rows.map(({ currency }) => currency);
};

type Row = {
  id: string;
  kind: string;
  source_id: string;
  order_id: string | null;
  posted_at: Date;
  place: string;
  entries: { account: string; currency: string; amount: string }[];
};

/** The transfers after a place and before a time, oldest first. */
export const listTransfersAfter = async (
  db: Queryable,
  {
    after,
    before,
    limit,
  }: { readonly after: Place; readonly before: Date; readonly limit: number },
): Promise<{
  readonly transfers: readonly JournalTransfer[];
  readonly last: Place | undefined;
}> => {
  const { rows } = await db.query<Row>({
    name: 'books.list_transfers_after',
    text: `select t.id, t.kind, t.source_id, t.order_id, t.posted_at, t.posted_at::text as place,
             (select json_agg(json_build_object('account', e.account_id, 'currency', e.currency,
                'amount', e.amount_minor::text) order by e.entry_number)
              from ledger_entries e where e.transfer_id = t.id) as entries
           from ledger_transfers t
           where (t.posted_at, t.id) > ($1::timestamptz, $2::uuid) and t.posted_at < $3
           order by t.posted_at, t.id limit $4`,
    values: [after.at, after.id, before, limit],
  });
  const last = rows.at(-1);
  return {
    transfers: rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      sourceId: row.source_id,
      orderId: row.order_id,
      postedAt: row.posted_at,
      entries: row.entries.map((entry) => ({ ...entry, amount: BigInt(entry.amount) })),
    })),
    last: last && { at: last.place, id: last.id },
  };
};

export type StatementEntry = {
  readonly transfer_id: string;
  readonly kind: string;
  readonly source_id: string;
  readonly order_id: string | null;
  readonly posted_at: Date;
  readonly place: string;
  readonly amount: bigint;
};

type Wanted = { readonly account: string; readonly currency: string; readonly after: Place };

/** What the account stood at, up to and with a place. */
export const sumUntil = async (
  db: Queryable,
  { account, currency, after }: Wanted,
): Promise<bigint> => {
  const { rows } = await db.query<{ sum: bigint }>({
    name: 'books.sum_until',
    text: `select coalesce(sum(e.amount_minor), 0)::bigint as sum
           from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
           where e.account_id = $1 and e.currency = $2
             and (t.posted_at, t.id) <= ($3::timestamptz, $4::uuid)`,
    values: [account, currency, after.at, after.id],
  });
  return rows[0]?.sum ?? 0n;
};

/** An account's entries after a place, oldest first; those of one transfer are one. */
export const listEntries = async (
  db: Queryable,
  { account, currency, after, limit }: Wanted & { readonly limit: number },
): Promise<StatementEntry[]> => {
  const { rows } = await db.query<StatementEntry>({
    name: 'books.list_entries',
    text: `select t.id as transfer_id, t.kind, t.source_id, t.order_id, t.posted_at,
             t.posted_at::text as place, sum(e.amount_minor)::bigint as amount
           from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
           where e.account_id = $1 and e.currency = $2
             and (t.posted_at, t.id) > ($3::timestamptz, $4::uuid)
           group by t.id order by t.posted_at, t.id limit $5`,
    values: [account, currency, after.at, after.id, limit],
  });
  return rows;
};
