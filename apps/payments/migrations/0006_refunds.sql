-- Up Migration

-- Which parts of the order's money a refund takes back is decided with the refund, so that the parts of
-- all refunds add up to what was captured. `key_number` counts the keys that it was sent under: another
-- one is taken only once the provider has forgotten the one before, and does not know the refund.
alter table refunds
  add column sales_minor bigint,
  add column delivery_minor bigint,
  add column tax_minor bigint,
  -- Goods that come back bring the delivery back with the last of them, once.
  add column includes_delivery boolean not null default false,
  add column restock boolean not null default false,
  add column key_number int not null default 1,
  -- When the provider took it on: the money has left us.
  add column accepted_at timestamptz,
  add column failure text,
  -- Who confirmed or rejected one that is too large for one person.
  add column decided_by text,
  add column decided_at timestamptz,
  drop constraint refunds_status_check,
  add constraint refunds_status_check check (status in
    ('awaiting_approval', 'requested', 'sent', 'pending', 'succeeded', 'failed', 'rejected')),
  add constraint refunds_parts_check check
    (sales_minor is null or (sales_minor >= 0 and delivery_minor >= 0 and tax_minor >= 0
      and sales_minor + delivery_minor + tax_minor = amount_minor)),
  add constraint refunds_two_persons_check check
    (decided_by is null or status = 'rejected' or decided_by <> requested_by),
  add constraint refunds_restock_check check (not restock or lines is not null);
drop trigger refunds_status_transition on refunds;
create trigger refunds_status_transition before update of status on refunds
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'awaiting_approval>requested', 'awaiting_approval>rejected', 'requested>sent',
    'sent>pending', 'sent>succeeded', 'sent>failed',
    'pending>succeeded', 'pending>failed', 'succeeded>failed');

-- The service counts this under the order's lock before it asks; what gets past it is refused here.
create function refuse_excess_refund() returns trigger language plpgsql as $$
begin
  if (select p.captured_minor < (select sum(r.amount_minor) from refunds r
        where r.order_id = p.order_id and r.status not in ('failed', 'rejected'))
      from payments p where p.order_id = new.order_id) then
    raise exception 'order %: refunds above what was captured', new.order_id
      using errcode = 'check_violation', constraint = 'refunds_within_captured';
  end if;
  return null;
end $$;
create trigger refunds_within_captured after insert on refunds
  for each row execute function refuse_excess_refund();

drop trigger orders_status_transition on orders;
create trigger orders_status_transition before update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'pending>authorized', 'pending>cancelling', 'pending>cancelled',
    'authorized>paid', 'authorized>cancelling', 'authorized>cancelled',
    'cancelling>cancelled', 'cancelling>refunded',
    'paid>part_refunded', 'paid>refunded', 'part_refunded>refunded',
    'part_refunded>paid', 'refunded>part_refunded', 'refunded>paid', 'refunded>cancelling');

create trigger payment_attempts_status_transition before update of status on payment_attempts
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'sending>requires_action', 'sending>declined', 'sending>authorised',
    'requires_action>declined', 'requires_action>authorised', 'declined>authorised');

-- Of the quantity, what came back with a refund and can be sold again.
alter table stock_holds
  add column restocked_quantity int not null default 0,
  add constraint stock_holds_restocked_check check (restocked_quantity between 0 and quantity);

-- The provider has taken the money back and holds it until the bank has decided.
create table disputes (
  id text primary key,
  order_id uuid not null references payments,
  currency char(3) not null,
  amount_minor bigint not null,
  status text not null default 'open',
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint disputes_amount_check check (amount_minor > 0),
  constraint disputes_status_check check (status in ('open', 'won', 'lost'))
);
create index disputes_order_id_idx on disputes (order_id);
create trigger disputes_status_transition before update of status on disputes
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition('open>won', 'open>lost', 'lost>won');
insert into ledger_accounts (id, kind) values ('dispute_losses', 'expense');

do $$
begin
  execute format('grant select, insert, update on disputes to %I',
    regexp_replace(current_user, '_owner$', ''));
end $$;

-- Down Migration
delete from ledger_accounts where id = 'dispute_losses';
drop table disputes;
alter table stock_holds drop column restocked_quantity;
drop trigger payment_attempts_status_transition on payment_attempts;
drop trigger refunds_within_captured on refunds;
drop function refuse_excess_refund;
drop trigger refunds_status_transition on refunds;
create trigger refunds_status_transition before update of status on refunds
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'requested>sent', 'requested>succeeded', 'requested>failed',
    'sent>succeeded', 'sent>failed', 'succeeded>failed');
alter table refunds
  drop column sales_minor, drop column delivery_minor, drop column tax_minor, drop column restock,
  drop column includes_delivery,
  drop column key_number, drop column accepted_at, drop column failure, drop column decided_by,
  drop column decided_at, drop constraint refunds_status_check,
  add constraint refunds_status_check check (status in ('requested', 'sent', 'succeeded', 'failed'));
drop trigger orders_status_transition on orders;
create trigger orders_status_transition before update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'pending>authorized', 'pending>cancelling', 'pending>cancelled',
    'authorized>paid', 'authorized>cancelling', 'authorized>cancelled',
    'cancelling>cancelled', 'cancelling>refunded',
    'paid>part_refunded', 'paid>refunded', 'part_refunded>refunded',
    'part_refunded>paid', 'refunded>part_refunded', 'refunded>paid');
