-- Up Migration

-- Where the shopper is sent back to, which is a part of the request and so must be the same in each
-- sending of it; and where her bank asks her, once the provider has said so.
alter table payment_attempts
  add column return_url text,
  add column action_url text;

-- Down Migration
alter table payment_attempts drop column return_url, drop column action_url;
