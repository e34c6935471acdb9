-- Up Migration

-- A queue, not a log: the relay reads what is visible, publishes it, and deletes it.
create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  topic text not null,
  aggregate_id text not null,
  aggregate_version int not null,
  type text not null,
  data jsonb not null,
  traceparent text,
  occurred_at timestamptz not null default clock_timestamp(),
  constraint outbox_aggregate_version_key unique (topic, aggregate_id, aggregate_version),
  constraint outbox_aggregate_version_check check (aggregate_version > 0)
);

-- Each event that had its effect here, so that a second delivery has none.
create table inbox (
  event_id uuid primary key,
  processed_at timestamptz not null default now()
);
create index inbox_processed_at_idx on inbox (processed_at);

-- The last version applied of each aggregate that is followed here.
create table aggregate_cursors (
  topic text not null,
  aggregate_id text not null,
  version int not null,
  primary key (topic, aggregate_id)
) with (fillfactor = 70);

-- Events that could not be applied, with the reason, whole, so that they can be sent again.
create table dead_letters (
  id bigint generated always as identity primary key,
  topic text not null,
  aggregate_id text not null,
  event_id text not null,
  event jsonb not null,
  reason text not null,
  died_at timestamptz not null default now()
);
create index dead_letters_aggregate_idx on dead_letters (topic, aggregate_id);

-- Aggregates with a dead letter: later events of theirs wait behind it, all others flow.
create table parked_aggregates (
  topic text not null,
  aggregate_id text not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (topic, aggregate_id)
);

-- The app's role is named after its database; on a clone for tests, after the owner of its tables.
do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select, insert, update, delete on outbox, inbox, aggregate_cursors, dead_letters, parked_aggregates to %I', app);
end $$;

-- Down Migration
drop table parked_aggregates, dead_letters, aggregate_cursors, inbox, outbox;
