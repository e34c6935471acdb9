-- Up Migration

-- Into how many partitions a topic is divided, as its owner declared when it first published. A key's
-- place follows from it, so it cannot change while the topic holds anything.
create table log_topics (
  topic text primary key,
  partitions int not null constraint log_topics_partitions_check check (partitions > 0)
);
alter table log_topics enable row level security;
create policy all_topics on log_topics for select using (true);
create policy own_topics on log_topics for insert with check (split_part(topic, '.', 1) = current_user);
grant select, insert on log_topics to public;

-- Down Migration
drop table log_topics;
