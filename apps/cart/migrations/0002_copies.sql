-- Up Migration

-- Copies of facts that others own. `as_of` is the time at which the owner committed the fact.
create table product_copies (
  sku text primary key,
  product_id uuid not null,
  handle text not null,
  title text not null,
  options jsonb not null,
  image jsonb,
  price_minor bigint not null,
  currency char(3) not null,
  price_version int not null,
  is_withdrawn boolean not null,
  as_of timestamptz not null
) with (fillfactor = 80);
create index product_copies_product_id_idx on product_copies (product_id);

create table stock_copies (
  sku text primary key,
  available int not null,
  as_of timestamptz not null
) with (fillfactor = 80);

-- Public keys of catalog, with which a quote is checked without asking anyone.
create table quote_keys (
  kid text primary key,
  jwk jsonb not null,
  published_at timestamptz not null
);

grant select, insert, update, delete on product_copies, stock_copies, quote_keys to cart;

-- Down Migration
drop table quote_keys, stock_copies, product_copies;
