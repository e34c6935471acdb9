-- Up Migration

-- Who holds `lock_token` works on the request until `locked_until`; a later holder has another token,
-- and what an earlier one still writes finds no row. `order_id` and `attempt_number` are the recovery
-- point. The stored body holds no secret: the order's token is put in when it is sent.
create table idempotency_keys (
  scope text not null,
  key text not null,
  fingerprint bytea not null,
  status text not null default 'in_progress',
  lock_token uuid not null,
  locked_until timestamptz not null,
  order_id uuid,
  attempt_number int,
  response_status int,
  response_type text,
  response_body text,
  created_at timestamptz not null default now(),
  primary key (scope, key),
  constraint idempotency_keys_status_check check (status in ('in_progress', 'done')),
  constraint idempotency_keys_response_check check
    ((status = 'done') = (response_status is not null and response_body is not null))
) with (fillfactor = 80);
create index idempotency_keys_created_at_idx on idempotency_keys using brin (created_at);

-- The public keys of catalog's quotes, copied from its events.
create table quote_keys (
  kid text primary key,
  jwk jsonb not null,
  published_at timestamptz not null
);

do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select, insert, update, delete on idempotency_keys to %I', app);
  execute format('grant select, insert, update on quote_keys to %I', app);
end $$;

-- Down Migration
drop table quote_keys, idempotency_keys;
