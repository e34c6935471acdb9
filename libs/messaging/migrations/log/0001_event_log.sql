-- Up Migration

-- `next_offset` is taken under this row's lock and kept until commit, so the order of offsets is the
-- order of commits, and a reader with a plain cursor misses nothing.
create table log_partitions (
  topic text not null,
  partition int not null,
  next_offset bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 50);

create table event_log (
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  event text not null,
  written_at timestamptz not null default now(),
  primary key (topic, partition, "offset")
);
create index event_log_written_at_idx on event_log using brin (written_at);

create table group_members (
  group_name text not null,
  member_id uuid not null,
  backend_pid int not null,
  seen_at timestamptz not null default now(),
  primary key (group_name, member_id)
);

create table group_partitions (
  group_name text not null,
  topic text not null,
  partition int not null,
  next_offset bigint not null default 0,
  member_id uuid,
  primary key (group_name, topic, partition)
) with (fillfactor = 50);

-- Every app may publish, but only to its own topics, and read any. A group is moved only by its app.
alter table log_partitions enable row level security;
alter table event_log enable row level security;
alter table group_members enable row level security;
alter table group_partitions enable row level security;
create policy own_topics on log_partitions using (true) with check (split_part(topic, '.', 1) = current_user);
create policy all_topics on event_log for select using (true);
create policy own_topics on event_log for insert with check (split_part(topic, '.', 1) = current_user);
create policy own_group on group_members using (split_part(group_name, '.', 1) = current_user);
create policy own_group on group_partitions using (split_part(group_name, '.', 1) = current_user);
grant select, insert, update on log_partitions to public;
grant select, insert on event_log to public;
grant select, insert, update, delete on group_members, group_partitions to public;

-- Down Migration
drop table group_partitions, group_members, event_log, log_partitions;
