-- Up Migration

-- As of when everything of a partition was applied here, as its readers found. They share partitions, and
-- each answers for all of them. What is written stays true: what was applied stays applied.
create table copy_watermarks (
  topic text not null,
  partition int not null,
  known_at timestamptz not null,
  primary key (topic, partition)
) with (fillfactor = 50);

do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select, insert, update, delete on copy_watermarks to %I', app);
end $$;

-- Down Migration
drop table copy_watermarks;
