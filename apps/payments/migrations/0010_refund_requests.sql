-- Up Migration

-- The key under which a person asked for a refund, and what she asked for. Answers are forgotten after some
-- days; that she asked is not, so the same key is the same refund for ever.
alter table refunds
  add column request_key text,
  add column request_fingerprint bytea;
create unique index refunds_request_key on refunds (requested_by, request_key)
  where request_key is not null;

-- Down Migration
alter table refunds drop column request_key, drop column request_fingerprint;
