-- Up Migration

-- Statements and exports read transfers in the order in which they were posted, a page at a time.
create index ledger_transfers_posted_at_idx on ledger_transfers (posted_at, id);

-- Down Migration
drop index ledger_transfers_posted_at_idx;
