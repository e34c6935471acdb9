import { expect } from '@jest/globals';
import type { JournalEntry } from './sandbox.ts';
import type { Shop } from './started.ts';

type OrderRow = {
  id: string;
  status: string;
  version: number;
  total_minor: bigint;
  captured_minor: bigint;
  intent_id: string | null;
  payment_status: string;
};

const sum = (entries: readonly JournalEntry[], kind: string): bigint =>
  entries
    .filter((entry) => entry.kind === kind)
    .reduce((total, { amount }) => total + BigInt(amount), 0n);

const isAlive = (entries: readonly JournalEntry[], intent: string): boolean => {
  const kinds = new Set(entries.filter(({ object }) => object === intent).map(({ kind }) => kind));
  const isAuthorised = kinds.has('payment_intent.amount_capturable_updated');
  return isAuthorised && !kinds.has('charge.captured') && !kinds.has('payment_intent.canceled');
};

/**
 * Compares what we have on our books with what the sandbox's journal says really happened, for every
 * order there is: the invariants of the money protocol that can be seen from outside.
 */
export const audit = async (shop: Shop): Promise<void> => {
  const journal = await shop.sandbox.journal();
  const ofOrder = Map.groupBy(journal, ({ metadata }) => metadata['order_id'] ?? '');
  const { rows: orders } = await shop.database.query<OrderRow>({
    text: `select o.id, o.status, o.version, o.total_minor, p.captured_minor, p.intent_id,
             p.status as payment_status
           from orders o join payments p on p.order_id = o.id`,
  });
  for (const order of orders) {
    const entries = ofOrder.get(order.id) ?? [];
    const captured = sum(entries, 'charge.captured');
    expect([order.id, order.status, captured]).toEqual([
      order.id,
      order.status,
      order.status === 'paid' || order.status === 'refunded' ? order.total_minor : 0n,
    ]);
    expect(order.captured_minor).toBe(captured);
    const intents = [...new Set(entries.map(({ object }) => object))].filter((id) =>
      id.startsWith('pi_'),
    );
    const alive = intents.filter((intent) => isAlive(entries, intent));
    if (order.status === 'cancelled' || order.status === 'paid') {
      expect([order.id, alive]).toEqual([order.id, []]);
    }
  }
  await auditBooks(shop, journal);
  await auditStock(shop);
};

const auditBooks = async (shop: Shop, journal: readonly JournalEntry[]): Promise<void> => {
  const { rows: posted } = await shop.database.query<{ source_id: string; amount: bigint }>({
    text: `select t.source_id, e.amount_minor as amount from ledger_transfers t
           join ledger_entries e on e.transfer_id = t.id and e.account_id = 'psp_clearing'
           where t.kind = 'capture' order by 1`,
  });
  const real = journal
    .filter(({ kind }) => kind === 'charge.captured')
    .map(({ object, amount }) => ({ source_id: object, amount: BigInt(amount) }))
    .toSorted((a, b) => (a.source_id < b.source_id ? -1 : 1));
  expect(posted.toSorted((a, b) => (a.source_id < b.source_id ? -1 : 1))).toEqual(real);
  const { rows: unbalanced } = await shop.database.query({
    text: `select transfer_id from ledger_entries group by transfer_id, currency
           having sum(amount_minor) <> 0`,
  });
  expect(unbalanced).toEqual([]);
  const { rows: breaks } = await shop.database.query({
    text: 'select kind, note from recon_breaks where closed_at is null',
  });
  expect(breaks).toEqual([]);
};

const auditStock = async (shop: Shop): Promise<void> => {
  const { rows: wrong } = await shop.database.query({
    text: `select s.sku, s.held, s.allocated from stock s left join (
             select sku, sum(quantity) filter (where status = 'active') as held,
               sum(quantity) filter (where status = 'consumed') as allocated
             from stock_holds group by sku) h using (sku)
           where s.held <> coalesce(h.held, 0) or s.allocated <> coalesce(h.allocated, 0)
             or s.held + s.allocated > s.on_hand`,
  });
  expect(wrong).toEqual([]);
};
