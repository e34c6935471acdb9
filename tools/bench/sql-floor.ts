import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { migrate } from '@hemline/postgres';
import pg from 'pg';
import { withClient, withDatabase } from '../../infra/local/src/postgres/provision.ts';
import type { Worker } from './load.ts';

/**
 * The floor under checkout: the rows of one paid order of two lines, written by one statement in one
 * durable commit, through `pg`, to the same tables in a database of their own on the same server.
 */

const home = resolve(import.meta.dirname, '../..');
const database = 'bench_floor';

export type SqlFloor = { open(): Promise<Worker>; readonly url: string };

export const prepareSqlFloor = async (
  adminUrl: string,
  skus: readonly string[],
): Promise<SqlFloor> => {
  const url = withDatabase(adminUrl, database);
  await withClient(adminUrl, (admin) => admin.query(`create database ${database}`));
  for (const [dir, table] of [
    ['apps/payments/migrations', 'migrations'],
    ['libs/messaging/migrations/app', 'messaging_migrations'],
  ] as const) {
    await migrate({ databaseUrl: url, dir: join(home, dir), table });
  }
  await withClient(url, (client) =>
    client.query('insert into stock (sku, on_hand) select unnest($1::text[]), 1000000', [skus]),
  );
  return { url, open: () => open(url, skus) };
};

const open = async (url: string, skus: readonly string[]): Promise<Worker> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const pickSku = () => skus[Math.floor(Math.random() * skus.length)] ?? '';
  return {
    run: async () => {
      const id = randomUUID();
      const first = pickSku();
      let second = pickSku();
      while (second === first) second = pickSku();
      const chosen = [first, second].sort();
      const { rowCount } = await client.query({
        name: 'floor.paid_order',
        text: paidOrder,
        values: [id, randomUUID(), chosen, randomUUID(), answer],
      });
      if (rowCount !== 2) throw new Error('the floor wrote no order');
    },
    close: () => void client.end(),
  };
};

const answer = JSON.stringify({ status: 'authorized', lines: 'x'.repeat(600) });

/** Every table that an order touches on its way to `paid`, each row in its last state. */
const paidOrder = `
  with key as (
    insert into idempotency_keys (scope, key, fingerprint, status, lock_token, locked_until, order_id,
      attempt_number, response_status, response_type, response_body)
    values ('bench', $1::text, sha256($1::text::bytea), 'done', $2, now(), ($1::text)::uuid, 1, 201, 'application/json', $5)
  ), locked as materialized (
    select sku from stock where sku = any($3::text[]) order by sku for no key update
  ), placed as (
    insert into orders (id, token_hash, cart_id, cart_version, status, version, currency,
      subtotal_minor, delivery_minor, tax_minor, delivery_tax_minor, total_minor, email,
      shipping_address, hold_expires_at, authorized_at, paid_at)
    values (($1::text)::uuid, sha256($1::text::bytea), $2, 1, 'paid', 3, 'EUR', 8000, 0, 1496, 0, 8000,
      'bench@example.com', '{"name":"Bench","line1":"1 Street","city":"Cork","country":"IE"}',
      now() + interval '15 min', now(), now())
  ), lines as (
    insert into order_lines
      (order_id, line_number, sku, title, quantity, unit_price_minor, tax_minor, total_minor)
    select ($1::text)::uuid, n, sku, 'A piece of clothing', 1, 4000, 748, 4000
    from unnest($3::text[]) with ordinality as l (sku, n)
  ), holds as (
    insert into stock_holds (order_id, sku, quantity, status)
    select ($1::text)::uuid, sku, 1, 'consumed' from locked
  ), moved as (
    update stock set allocated = allocated + 1, version = version + 1
    from locked where stock.sku = locked.sku
    returning stock.sku, version
  ), payment as (
    insert into payments (order_id, intent_id, status, currency, amount_minor, captured_minor)
    values (($1::text)::uuid, 'pi_' || $1::text, 'captured', 'EUR', 8000, 8000)
  ), attempt as (
    insert into payment_attempts (order_id, attempt_number, psp_key, payment_method, status)
    values (($1::text)::uuid, 1, 'cf:' || $1::text || ':1', 'pm_card_visa', 'authorised')
  ), transfer as (
    insert into ledger_transfers (id, kind, source_id, order_id)
    values ($4, 'capture', 'pi_' || $1::text, ($1::text)::uuid)
  ), entries as (
    insert into ledger_entries (transfer_id, entry_number, account_id, currency, amount_minor)
    values ($4, 1, 'psp_clearing', 'EUR', 8000), ($4, 2, 'sales_revenue', 'EUR', -6504),
      ($4, 3, 'tax_payable', 'EUR', -1496)
  ), told as (
    insert into outbox (event_id, topic, aggregate_id, aggregate_version, type, data)
    select gen_random_uuid(), 'payments.orders', $1::text, n, 'payments.order.changed.v1',
      jsonb_build_object('orderId', $1::text, 'total', 8000) from generate_series(1, 3) as n
  )
  insert into outbox (event_id, topic, aggregate_id, aggregate_version, type, data)
  select gen_random_uuid(), 'payments.stock', sku, version, 'payments.stock.changed.v1',
    jsonb_build_object('sku', sku, 'available', 999999) from moved`;
