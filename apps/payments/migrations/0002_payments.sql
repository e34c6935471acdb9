-- Up Migration

-- One payment an order, one intent at the provider a payment. `next_action_at` is when the driver
-- must look at it again; whoever takes it on moves that into the future, which is its lease.
create table payments (
  order_id uuid primary key references orders,
  intent_id text,
  status text not null default 'confirming',
  attempt_number int not null default 1,
  currency char(3) not null,
  amount_minor bigint not null,
  captured_minor bigint not null default 0,
  next_action_at timestamptz,
  action_failures int not null default 0,
  created_at timestamptz not null default now(),
  constraint payments_intent_id_key unique (intent_id),
  constraint payments_status_check check (status in
    ('ready', 'confirming', 'capturing', 'captured', 'voiding', 'voided', 'refunding', 'refunded')),
  constraint payments_amount_check check (amount_minor > 0),
  constraint payments_captured_check check (captured_minor between 0 and amount_minor)
) with (fillfactor = 70);
create index payments_next_action_at_idx on payments (next_action_at) where next_action_at is not null;
create trigger payments_status_transition before update of status on payments
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'confirming>ready', 'ready>confirming', 'confirming>capturing', 'ready>capturing',
    'capturing>captured', 'capturing>voiding', 'capturing>voided',
    'confirming>voiding', 'ready>voiding', 'confirming>voided', 'ready>voided',
    'voiding>voided', 'voiding>refunding',
    'captured>refunding', 'refunding>captured', 'refunding>refunded', 'refunded>captured');

-- A row is written before its request is sent: what is not here was never sent.
create table payment_attempts (
  order_id uuid not null references payments,
  attempt_number int not null,
  psp_key text not null,
  -- The provider's name of it, needed to send the very same request again.
  payment_method text not null,
  -- The intent that it confirms; without one it makes the order's intent and confirms that.
  intent_id text,
  status text not null default 'sending',
  decline_code text,
  first_sent_at timestamptz not null default now(),
  decided_at timestamptz,
  primary key (order_id, attempt_number),
  constraint payment_attempts_psp_key_key unique (psp_key),
  constraint payment_attempts_status_check check (status in
    ('sending', 'requires_action', 'declined', 'authorised'))
) with (fillfactor = 80);

create table refunds (
  id uuid primary key,
  order_id uuid not null references payments,
  currency char(3) not null,
  amount_minor bigint not null,
  status text not null default 'requested',
  reason text not null,
  requested_by text not null,
  lines jsonb,
  psp_key text not null,
  psp_refund_id text,
  first_sent_at timestamptz,
  requested_at timestamptz not null default now(),
  settled_at timestamptz,
  constraint refunds_psp_key_key unique (psp_key),
  constraint refunds_psp_refund_id_key unique (psp_refund_id),
  constraint refunds_amount_check check (amount_minor > 0),
  constraint refunds_status_check check (status in ('requested', 'sent', 'succeeded', 'failed'))
);
create index refunds_order_id_idx on refunds (order_id);
create trigger refunds_status_transition before update of status on refunds
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'requested>sent', 'requested>succeeded', 'requested>failed',
    'sent>succeeded', 'sent>failed', 'succeeded>failed');

-- What the provider told us by webhook. The id is theirs, so a second delivery changes nothing.
create table psp_events (
  id text primary key,
  type text not null,
  intent_id text,
  order_id uuid,
  payload json not null,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  next_attempt_at timestamptz not null default now(),
  failures int not null default 0
) with (fillfactor = 80);
create index psp_events_unprocessed_idx on psp_events (next_attempt_at) where processed_at is null;

-- What the provider and we do not agree on. Nothing of it is ever applied by itself.
create table recon_breaks (
  id bigint generated always as identity primary key,
  kind text not null,
  psp_ref text not null,
  order_id uuid,
  currency char(3),
  amount_minor bigint not null default 0,
  note text not null,
  opened_at timestamptz not null default now(),
  closed_at timestamptz
);
create unique index recon_breaks_open_key on recon_breaks (kind, psp_ref) where closed_at is null;

do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select, insert, update on payments, payment_attempts, refunds, psp_events, recon_breaks to %I', app);
end $$;

-- Down Migration
drop table recon_breaks, psp_events, refunds, payment_attempts, payments;
