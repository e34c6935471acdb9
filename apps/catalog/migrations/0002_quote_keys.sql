-- Up Migration
-- Ed25519 keys that sign quotes, as JWKs. The newest whose time has come signs; all are published.
create table quote_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_jwk jsonb not null,
  created_at timestamptz not null default now(),
  -- Later than its publication, so that cart and payments know a key before they meet its quotes.
  signs_from timestamptz not null
);

grant select, insert on quote_keys to catalog;
