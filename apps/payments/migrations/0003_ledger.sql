-- Up Migration

create table ledger_accounts (
  id text primary key,
  kind text not null,
  constraint ledger_accounts_kind_check check (kind in ('asset', 'liability', 'income', 'expense'))
);
insert into ledger_accounts (id, kind) values
  ('psp_clearing', 'asset'),
  ('sales_revenue', 'income'),
  ('delivery_revenue', 'income'),
  ('tax_payable', 'liability'),
  ('refunds_payable', 'liability'),
  ('disputes', 'asset'),
  ('psp_fees', 'expense');

create table ledger_transfers (
  id uuid primary key,
  kind text not null,
  -- The provider's or our own id of what is posted: it can be posted once.
  source_id text not null,
  order_id uuid,
  posted_at timestamptz not null default now(),
  constraint ledger_transfers_source_key unique (kind, source_id)
);
create index ledger_transfers_order_id_idx on ledger_transfers (order_id);

-- Debits are positive, credits negative. There is no stored balance: one row that every checkout
-- updates would put all checkouts in one line.
create table ledger_entries (
  transfer_id uuid not null references ledger_transfers,
  entry_number int not null,
  account_id text not null references ledger_accounts,
  currency char(3) not null,
  amount_minor bigint not null,
  primary key (transfer_id, entry_number),
  constraint ledger_entries_amount_check check (amount_minor <> 0)
);

-- Each statement that adds entries adds as much as it takes, per transfer and currency, so every sum
-- of whole statements is zero. It is checked within the statement: nothing unbalanced is ever there,
-- not even until the end of a transaction.
create function refuse_unbalanced_transfer() returns trigger language plpgsql as $$
declare transfer uuid;
begin
  select added.transfer_id into transfer from added
    group by added.transfer_id, added.currency having sum(added.amount_minor) <> 0 limit 1;
  if found then
    raise exception 'ledger transfer % does not sum to zero', transfer
      using errcode = 'check_violation', constraint = 'ledger_entries_balance';
  end if;
  return null;
end $$;
create trigger ledger_entries_balance after insert on ledger_entries
  referencing new table as added for each statement execute function refuse_unbalanced_transfer();

create view ledger_balances as
  select a.id as account_id, a.kind, e.currency, sum(e.amount_minor)::bigint as balance_minor
  from ledger_entries e join ledger_accounts a on a.id = e.account_id
  group by a.id, a.kind, e.currency;

do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select on ledger_accounts, ledger_balances to %I', app);
  execute format('grant select, insert on ledger_transfers, ledger_entries to %I', app);
end $$;

-- Down Migration
drop view ledger_balances;
drop table ledger_entries, ledger_transfers, ledger_accounts;
drop function refuse_unbalanced_transfer;
