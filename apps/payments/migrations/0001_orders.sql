-- Up Migration

-- Every status below moves only along the edges that its trigger names. The same edges stand in
-- `src/orders/order.ts` and `src/payments/payment.ts`, and a test compares the two.
create function refuse_unknown_transition() returns trigger language plpgsql as $$
begin
  if not (old.status || '>' || new.status) = any (tg_argv) then
    raise exception '%: no transition from % to %', tg_table_name, old.status, new.status
      using errcode = 'check_violation', constraint = tg_table_name || '_status_transition';
  end if;
  return new;
end $$;

create table orders (
  id uuid primary key,
  cart_id uuid not null,
  cart_version int not null,
  -- Of the token that the shopper holds; every read on her behalf filters by it.
  token_hash bytea not null,
  status text not null default 'pending',
  -- Counts the events told of this order, so it moves only together with one.
  version int not null default 1,
  currency char(3) not null,
  subtotal_minor bigint not null,
  delivery_minor bigint not null,
  total_minor bigint not null,
  -- Included in the total, as prices are shown with tax; the second is the part of it on delivery.
  tax_minor bigint not null,
  delivery_tax_minor bigint not null,
  email text not null,
  shipping_address jsonb not null,
  -- Until then the goods are held for a payment; after it the payment is fenced.
  hold_expires_at timestamptz not null,
  cancel_reason text,
  placed_at timestamptz not null default now(),
  authorized_at timestamptz,
  paid_at timestamptz,
  cancelling_at timestamptz,
  cancelled_at timestamptz,
  refunded_at timestamptz,
  constraint orders_status_check check (status in
    ('pending', 'authorized', 'paid', 'part_refunded', 'refunded', 'cancelling', 'cancelled')),
  constraint orders_cart_version_check check (cart_version > 0),
  constraint orders_total_check check
    (subtotal_minor >= 0 and delivery_minor >= 0 and total_minor > 0
      and subtotal_minor + delivery_minor = total_minor),
  constraint orders_tax_check check
    (tax_minor between 0 and total_minor and delivery_tax_minor between 0 and tax_minor)
);
-- A version of a cart is bought once. An order that ended without money does not stand in the way.
create unique index orders_cart_version_key on orders (cart_id, cart_version)
  where status <> 'cancelled';
create trigger orders_status_transition before update of status on orders
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition(
    'pending>authorized', 'pending>cancelling', 'pending>cancelled',
    'authorized>paid', 'authorized>cancelling', 'authorized>cancelled',
    'cancelling>cancelled', 'cancelling>refunded',
    'paid>part_refunded', 'paid>refunded', 'part_refunded>refunded',
    'part_refunded>paid', 'refunded>part_refunded', 'refunded>paid');

-- Prices as they were quoted; they never change again.
create table order_lines (
  order_id uuid not null references orders,
  line_number int not null,
  sku text not null,
  title text not null,
  quantity int not null,
  unit_price_minor bigint not null,
  discount_minor bigint not null default 0,
  tax_minor bigint not null,
  total_minor bigint not null,
  primary key (order_id, line_number),
  constraint order_lines_quantity_check check (quantity between 1 and 99),
  constraint order_lines_total_check check
    (unit_price_minor >= 0 and discount_minor >= 0 and total_minor >= 0
      and total_minor = unit_price_minor * quantity - discount_minor),
  constraint order_lines_tax_check check (tax_minor between 0 and total_minor)
);

-- `version` counts the events told of a sku: every change of a row adds one and tells one.
create table stock (
  sku text primary key,
  on_hand int not null,
  held int not null default 0,
  allocated int not null default 0,
  version int not null default 1,
  constraint stock_held_check check (held >= 0),
  constraint stock_allocated_check check (allocated >= 0),
  constraint stock_committed_check check (held + allocated <= on_hand)
) with (fillfactor = 50);

create table stock_holds (
  order_id uuid not null references orders,
  sku text not null references stock,
  quantity int not null,
  status text not null default 'active',
  primary key (order_id, sku),
  constraint stock_holds_quantity_check check (quantity > 0),
  constraint stock_holds_status_check check (status in ('active', 'consumed', 'released'))
) with (fillfactor = 80);
create trigger stock_holds_status_transition before update of status on stock_holds
  for each row when (old.status is distinct from new.status)
  execute function refuse_unknown_transition('active>consumed', 'active>released', 'consumed>released');

do $$
declare app text := regexp_replace(current_user, '_owner$', '');
begin
  execute format('grant select, insert, update on orders, stock, stock_holds to %I', app);
  execute format('grant select, insert on order_lines to %I', app);
end $$;

-- Down Migration
drop table stock_holds, stock, order_lines, orders;
drop function refuse_unknown_transition;
