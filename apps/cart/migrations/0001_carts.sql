-- Up Migration

-- A cart is one row, lines and all: a change of it is one statement, under one lock, with one
-- version. `lines` maps sku → { quantity, addedIn, quote: { jws, price, currency, … } }.
create table carts (
  id uuid primary key,
  token_hash bytea not null,
  status text not null default 'open',
  version int not null default 1,
  lines jsonb not null default '{}',
  merged_into uuid references carts (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint carts_status_check check (status in ('open', 'closed')),
  constraint carts_version_check check (version > 0),
  constraint carts_token_hash_check check (octet_length(token_hash) = 32),
  constraint carts_lines_check check (jsonb_typeof(lines) = 'object'),
  constraint carts_closed_is_empty_check check (status = 'open' or lines = '{}')
) with (fillfactor = 80);

-- Carts that nobody touched for long are swept; a BRIN index keeps updates of a row heap-only.
create index carts_updated_at_idx on carts using brin (updated_at);
create index carts_merged_into_idx on carts (merged_into) where merged_into is not null;

-- Answers to `POST /carts/{id}/lines` that came with an Idempotency-Key, to give again.
create table line_requests (
  cart_id uuid not null references carts (id) on delete cascade,
  key text not null,
  request_hash bytea not null,
  response text,
  requested_at timestamptz not null default now(),
  primary key (cart_id, key),
  constraint line_requests_key_check check (length(key) between 1 and 255)
);
create index line_requests_requested_at_idx on line_requests using brin (requested_at);

-- What an order that is not paid yet will take out of its cart.
create table placed_orders (
  order_id uuid primary key,
  cart_id uuid not null,
  lines jsonb not null,
  placed_at timestamptz not null
);

grant select, insert, update, delete on carts, line_requests, placed_orders to cart;

-- Down Migration
drop table placed_orders, line_requests, carts;
