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
  refunded_minor: bigint;
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

const isCaptured = new Set(['paid', 'part_refunded', 'refunded']);

/**
 * Compares what we have on our books with what the sandbox's journal says really happened, for every
 * order there is: the invariants of the money protocol that can be seen from outside.
 */
export const audit = async (shop: Shop): Promise<void> => {
  const journal = await shop.sandbox.journal();
  const ofOrder = Map.groupBy(journal, ({ metadata }) => metadata['order_id'] ?? '');
  const { rows: orders } = await shop.database.query<OrderRow>({
    text: `select o.id, o.status, o.version, o.total_minor, p.captured_minor, p.intent_id,
             p.status as payment_status,
             (select coalesce(sum(amount_minor), 0)::bigint from refunds
              where order_id = o.id and status in ('pending', 'succeeded')) as refunded_minor
           from orders o join payments p on p.order_id = o.id`,
  });
  for (const order of orders) {
    const entries = ofOrder.get(order.id) ?? [];
    const captured = sum(entries, 'charge.captured');
    expect([order.id, order.status, captured]).toEqual([
      order.id,
      order.status,
      isCaptured.has(order.status) || order.payment_status === 'captured' ? order.total_minor : 0n,
    ]);
    expect(order.captured_minor).toBe(captured);
    const givenBack = sum(entries, 'refund.created') - sum(entries, 'refund.failed');
    expect([order.id, order.refunded_minor]).toEqual([order.id, givenBack]);
    const status = givenBack === captured ? 'refunded' : 'part_refunded';
    if (givenBack > 0n) expect([order.id, order.status]).toEqual([order.id, status]);
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

type Posted = { readonly kind: string; readonly source: string; readonly amount: bigint };

const toLine = ({ kind, source, amount }: Posted): string => `${kind} ${source} ${amount}`;

/** What moves money at the provider, and the transfer that must be on our books for it, once. */
const postsFor: Readonly<Record<string, readonly [string, bigint]>> = {
  'charge.captured': ['capture', 1n],
  'refund.created': ['refund', -1n],
  'refund.failed': ['refund_reversal', 1n],
  'charge.dispute.created': ['dispute', -1n],
  'charge.dispute.funds_reinstated': ['dispute_won', 1n],
};

const auditBooks = async (shop: Shop, journal: readonly JournalEntry[]): Promise<void> => {
  const { rows: posted } = await shop.database.query<Posted>({
    text: `select t.kind, t.source_id as source, e.amount_minor as amount from ledger_transfers t
           join ledger_entries e on e.transfer_id = t.id and e.account_id = 'psp_clearing'`,
  });
  const real = journal.flatMap(({ kind, object, amount, metadata }): Posted[] => {
    const [posts, sign] = postsFor[kind] ?? [];
    // A refund that somebody made beside us is told, and not on our books.
    const isForeign = kind.startsWith('refund.') && !metadata['refund_id'];
    if (!posts || !sign || isForeign) return [];
    return [{ kind: posts, source: object, amount: sign * BigInt(amount) }];
  });
  expect(posted.map(toLine).toSorted()).toEqual(real.map(toLine).toSorted());
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
               sum(quantity - restocked_quantity) filter (where status = 'consumed') as allocated
             from stock_holds group by sku) h using (sku)
           where s.held <> coalesce(h.held, 0) or s.allocated <> coalesce(h.allocated, 0)
             or s.held + s.allocated > s.on_hand`,
  });
  expect(wrong).toEqual([]);
};

/** For the end of a file of tests: all that they left behind must add up. */
export const auditAndClose = async (shop: Shop): Promise<void> => {
  try {
    await audit(shop);
  } finally {
    await shop.close();
  }
};
