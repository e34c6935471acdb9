-- Up Migration

-- An owner may end the life of its own events, after the time that its topic is kept.
create policy own_topics_end on event_log for delete using (split_part(topic, '.', 1) = current_user);
grant delete on event_log to public;

-- Down Migration
revoke delete on event_log from public;
drop policy own_topics_end on event_log;
