-- Up Migration

-- Copied keys are forgotten when they are copied again from the beginning.
do $$
begin
  execute format('grant delete on quote_keys to %I', regexp_replace(current_user, '_owner$', ''));
end $$;

-- Down Migration
do $$
begin
  execute format('revoke delete on quote_keys from %I', regexp_replace(current_user, '_owner$', ''));
end $$;
