-- Up Migration

-- What staff did with money, for good. Each row carries the hash of the one before it, so a row that was
-- changed, taken out or put in between shows; `staff_action_faults` tells where. The hash is SHA-256 over
-- the hash before it and the fields as lines of text, and can be checked outside of PostgreSQL.
create table staff_actions (
  seq bigint primary key,
  at timestamptz not null,
  actor text not null,
  role text not null,
  action text not null,
  order_id uuid not null,
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null
);
create index staff_actions_order_id_idx on staff_actions (order_id);

create function staff_action_hash(a staff_actions) returns bytea language sql stable as $$
  select sha256(a.previous_hash || convert_to(concat_ws(e'\n', a.seq,
    (extract(epoch from a.at) * 1000000)::bigint, a.actor, a.role, a.action, a.order_id, a.detail), 'UTF8'))
$$;

-- One at a time: the next row needs the one before it committed. Staff are few.
create function chain_staff_action() returns trigger language plpgsql as $$
declare last staff_actions;
begin
  perform pg_advisory_xact_lock(hashtext('staff_actions'));
  select * into last from staff_actions order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.at := clock_timestamp();
  new.previous_hash := coalesce(last.hash, ''::bytea);
  new.hash := staff_action_hash(new);
  return new;
end $$;
create trigger staff_actions_chain before insert on staff_actions
  for each row execute function chain_staff_action();

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% are added to, and never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger staff_actions_append_only before update or delete or truncate on staff_actions
  for each statement execute function refuse_rewriting();

create view staff_action_faults as
  select seq from (
    select a, a.seq, a.hash, a.previous_hash, row_number() over (order by a.seq) as expected_seq,
      lag(a.hash, 1, ''::bytea) over (order by a.seq) as expected_hash
    from staff_actions a) s
  where seq <> expected_seq or previous_hash <> expected_hash or hash <> staff_action_hash(s.a);

do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select, insert on staff_actions to %I', app);
  execute format('grant select on staff_action_faults to %I', app);
end $$;

-- Down Migration
drop view staff_action_faults;
drop table staff_actions cascade;
drop function chain_staff_action, refuse_rewriting;
