-- Up Migration

-- One row a picture, named by the hash of its bytes; the bytes themselves are in the image store.
create table assets (
  id text primary key,
  format text not null,
  byte_length int not null,
  width int not null,
  height int not null,
  placeholder text not null,
  stored_at timestamptz not null default now(),
  -- Derivatives are made in advance in stages, the ones that lists show first.
  stage smallint not null default 0,
  failures smallint not null default 0,
  prepared_at timestamptz,
  constraint assets_id_check check (id ~ '^[0-9a-f]{32}$'),
  constraint assets_size_check check (width > 0 and height > 0 and byte_length > 0)
);

create index assets_unprepared_idx on assets (stage, stored_at) where prepared_at is null;

grant select, insert, update, delete on assets to images;

-- Down Migration
drop table assets;
