import type { Queryable } from '@hemline/postgres';

export type Balance = {
  readonly account: string;
  readonly kind: string;
  readonly currency: string;
  readonly balance: bigint;
};

/** Sums of the entries, debits positive: there is no balance that could differ from them. */
export const listBalances = async (db: Queryable): Promise<Balance[]> => {
  const { rows } = await db.query<Balance>({
    name: 'ledger.list_balances',
    text: `select account_id as account, kind, currency, balance_minor as balance
           from ledger_balances order by currency, account_id`,
  });
  return rows;
};

export type PostedTransfer = {
  readonly id: string;
  readonly kind: string;
  readonly source_id: string;
  readonly order_id: string | null;
  readonly posted_at: Date;
  readonly entries: readonly { account: string; currency: string; amount: string }[];
};

export const listTransfers = async (db: Queryable, orderId: string): Promise<PostedTransfer[]> => {
  const { rows } = await db.query<PostedTransfer>({
    name: 'ledger.list_transfers',
    text: `select t.id, t.kind, t.source_id, t.order_id, t.posted_at,
             (select json_agg(json_build_object('account', e.account_id, 'currency', e.currency,
                'amount', e.amount_minor::text) order by e.entry_number)
              from ledger_entries e where e.transfer_id = t.id) as entries
           from ledger_transfers t where t.order_id = $1 order by t.posted_at, t.kind, t.id`,
    values: [orderId],
  });
  return rows;
};

export type OpenBreak = {
  readonly kind: string;
  readonly psp_ref: string;
  readonly order_id: string | null;
  readonly currency: string | null;
  readonly amount_minor: bigint;
  readonly note: string;
  readonly opened_at: Date;
};

export const listOpenBreaks = async (db: Queryable, limit: number): Promise<OpenBreak[]> => {
  const { rows } = await db.query<OpenBreak>({
    name: 'ledger.list_open_breaks',
    text: `select kind, psp_ref, order_id, currency, amount_minor, note, opened_at
           from recon_breaks where closed_at is null order by opened_at, id limit $1`,
    values: [limit],
  });
  return rows;
};
