-- Up Migration
create extension if not exists unaccent;
create extension if not exists pg_trgm;

-- Words as people write them, without accents: once by their stem, once as they are.
create text search configuration catalog_english (copy = english);
alter text search configuration catalog_english
  alter mapping for hword, hword_part, word with unaccent, english_stem;
create text search configuration catalog_simple (copy = simple);
alter text search configuration catalog_simple
  alter mapping for hword, hword_part, word with unaccent, simple;

-- A row holds what its merchant stated, and beside it what readers are answered with: `item` for
-- lists, `detail` for its page, `document` for search. All of it is written in one statement.
create table products (
  id uuid primary key,
  handle text not null constraint products_handle_key unique,
  version int not null constraint products_version_check check (version > 0),
  -- SHA-256 of the product as stated, by which a repeated PUT is seen to change nothing.
  content_hash bytea not null,
  published boolean not null,
  title text not null,
  vendor text not null,
  category text not null,
  -- The category and those above it, root first, with their titles.
  category_paths text[] not null,
  category_titles text[] not null,
  -- Not jsonb, which would put the members in an order of its own.
  item json not null,
  detail json not null,
  -- The choices of all its variants, each once.
  choices text[] not null,
  image_ids text[] not null,
  min_price_minor bigint not null,
  max_price_minor bigint not null,
  -- Lower case without accents, for sorting.
  plain_title text not null,
  document tsvector not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index products_newest_idx on products (created_at desc, id desc) where published;
create index products_price_idx on products (min_price_minor, id) where published;
create index products_title_idx on products (plain_title collate "C", id) where published;
create index products_category_newest_idx on products (category, created_at desc) where published;
create index products_category_paths_idx on products using gin (category_paths) where published;
create index products_vendor_idx on products (vendor) where published;
create index products_document_idx on products using gin (document) where published;

create table variants (
  sku text primary key,
  product_id uuid not null constraint variants_product_id_fkey references products on delete cascade,
  -- Its options, each as the JSON of a name and a value, such as ["Colour","Indigo"].
  choices text[] not null,
  price_minor bigint not null constraint variants_price_minor_check check (price_minor >= 0),
  currency char(3) not null,
  price_version int not null,
  -- What a quote calls it.
  title text not null
);

create index variants_product_id_idx on variants (product_id);
create index variants_choices_idx on variants using gin (choices);

-- Every price that a sku ever had. Rows outlive the variant, so that a sku that comes back goes on
-- counting, and no two prices of one sku share a version.
create table price_versions (
  sku text not null,
  version int not null constraint price_versions_version_check check (version > 0),
  price_minor bigint not null,
  currency char(3) not null,
  valid_from timestamptz not null default now(),
  constraint price_versions_pkey primary key (sku, version)
);

-- Copies of what others own. Both may be told before the product that they belong to is known.
create table stock_copies (
  sku text primary key,
  available int not null,
  as_of timestamptz not null
);

create table image_copies (
  image_id text primary key,
  width int not null,
  height int not null,
  placeholder text not null,
  as_of timestamptz not null
);

-- Every word of a title, vendor, category, tag or option value, lower case without accents: what a
-- mistyped word is compared with. Words stay when products go; they then merely find nothing.
create table search_words (
  word text primary key
);

-- GiST and not GIN, as it answers "the twenty nearest", whatever their distance.
create index search_words_word_idx on search_words using gist (word gist_trgm_ops);

grant select, insert, update, delete on products, variants, stock_copies, image_copies to catalog;
-- These are added to, never rewritten.
grant select, insert on price_versions, search_words to catalog;
