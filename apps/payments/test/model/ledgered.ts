import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { Outbox } from '@hemline/messaging';
import type { Database } from '@hemline/postgres';
import { createLogger, createMetrics } from '@hemline/telemetry';
import * as checkout from '../../src/checkout/checkout.store.ts';
import type { Config } from '../../src/config.ts';
import { ApplyDispute } from '../../src/disputes/apply-dispute.ts';
import { killPoints } from '../../src/kill-points.ts';
import * as orders from '../../src/orders/orders.store.ts';
import { ApplyPspState } from '../../src/payments/apply-psp-state.ts';
import type { Knowledge, Snapshot } from '../../src/payments/payment.ts';
import { ApplyRefundState } from '../../src/refunds/apply-refund-state.ts';
import { planRefund } from '../../src/refunds/refund.ts';
import * as refunds from '../../src/refunds/refunds.store.ts';
import { aClaim, aNewOrder, limits, setStock } from '../rows.ts';
import type { Act } from './ours.ts';
import { type OrderState, bit, total } from './state.ts';

/** What can be seen of an order in our database, in the model's words. */
export type Shown = {
  readonly order: string;
  readonly payment: string;
  readonly attempt: number;
  readonly attemptStatus: string;
  readonly named: readonly number[];
  readonly intent: number;
  readonly captured: number;
  readonly isCancelWanted: boolean;
  readonly hold: string;
  readonly isRestocked: boolean;
  readonly posted: readonly number[];
  readonly refunds: readonly string[];
  readonly dispute: string;
  readonly disputePosted: number;
  /** What the ledger says that the provider owes us. */
  readonly clearing: number;
};

export const shownBy = (s: OrderState): Shown => ({
  order: s.orderStatus,
  payment: s.orderStatus === 'none' ? '' : s.status,
  attempt: s.attempt,
  attemptStatus: s.orderStatus === 'none' ? '' : s.attemptStatus,
  named: s.named,
  intent: s.intent,
  captured: s.captured,
  isCancelWanted: s.isCancelWanted,
  hold: s.hold,
  isRestocked: s.isRestocked,
  posted: [0, 1].map((i) => s.intents[i]?.posted ?? 0),
  refunds: s.refunds.map(
    ({ status, amount, pspRefund, keyNumber, made }) =>
      `${status} ${amount} ${pspRefund} ${keyNumber} ${made.map((each) => `${each.posted}-${each.reversed}`).join(' ')}`,
  ),
  dispute: s.dispute.ours,
  disputePosted: s.dispute.posted,
  clearing: clearingOf(s),
});

const clearingOf = (s: OrderState): number => {
  const captures = s.intents.reduce((sum, { posted }) => sum + posted * total, 0);
  const out = s.refunds.reduce(
    (sum, { amount, made }) =>
      sum + amount * made.reduce((times, { posted, reversed }) => times + posted - reversed, 0),
    0,
  );
  const { ours, amount } = s.dispute;
  return captures - out - (ours === 'open' || ours === 'lost' ? amount : 0);
};

type Row = {
  order_status: string;
  status: string;
  attempt_number: number;
  attempt_status: string;
  named: (string | null)[];
  intent_id: string | null;
  captured: number;
  is_cancel_wanted: boolean;
  hold: string;
  is_restocked: boolean;
  held: number;
  allocated: number;
};

/** An order of the model, done by production. It has its own sku, so that its stock is its own. */
export class Ledgered {
  readonly id: string;
  private readonly database: Database;
  private readonly order: checkout.NewOrder;
  private readonly psp: ApplyPspState;
  private readonly refunds: ApplyRefundState;
  private readonly disputes: ApplyDispute;
  private readonly refundIds: string[] = [];

  private constructor(database: Database) {
    const id = randomUUID();
    const lines = aNewOrder().lines.map((line) => ({ ...line, sku: id }));
    this.id = id;
    this.database = database;
    this.order = aNewOrder({ id, lines });
    const outbox = new Outbox();
    const pass = killPoints(undefined, 'test');
    const destination = new Writable({ write: (_chunk, _encoding, done) => done() });
    const logger = createLogger({ service: 'payments', level: 'fatal', destination });
    const config = { PSP_TIMEOUT_MS: 1000 } as Config;
    this.psp = new ApplyPspState(outbox, config, pass, logger, createMetrics('payments'));
    this.refunds = new ApplyRefundState(outbox, pass, logger);
    this.disputes = new ApplyDispute(pass, logger);
  }

  static async open(database: Database): Promise<Ledgered> {
    const order = new Ledgered(database);
    await setStock(database, order.id, 1);
    return order;
  }

  async act(act: Act): Promise<void> {
    const { database, id } = this;
    switch (act.kind) {
      case 'place':
        await checkout.place(database, aClaim(), this.order, limits);
        return;
      case 'pay_again':
        return this.payAgain();
      case 'stop':
        return database.transaction(async (tx) => {
          const order = await orders.lock(tx, id);
          if (order) await this.psp.stop(tx, order, 'a reason');
        });
      case 'finish_void':
        return this.psp.finishVoid(database, id);
      case 'hear':
        await this.psp.apply(database, id, this.translated(act.knowledge));
        return this.noteRefunds();
      case 'request_refund':
        await this.requestRefund(act.amount, act.isWaiting ?? false);
        return this.noteRefunds();
      case 'settle_approval':
        return this.settleApproval(this.refundId(act.refund), act.status);
      case 'mark_sent':
        await refunds.markSent(database, id);
        return;
      case 'renew':
        return this.renew(this.refundId(act.refund));
      case 'refuse': {
        const refundId = this.refundId(act.refund);
        const key = act.keyNumber === 1 ? `rf:${refundId}` : `rf:${refundId}:${act.keyNumber}`;
        await this.refunds.refuse(database, { orderId: id, refundId, key, code: 'a code' });
        return;
      }
      case 'hear_refund': {
        const refundId = this.refundId(act.refund);
        const amount = await this.amountOf(refundId);
        const pspRefundId = pspIdOf(refundId, act.number);
        const seen = { pspRefundId, refundId, status: act.status, amount, currency: 'EUR' };
        await this.refunds.apply(database, id, seen);
        return;
      }
      case 'hear_dispute': {
        const amount = this.money(act.amount);
        const seen = { id: `dp_${id}`, status: act.status, amount, currency: 'EUR' };
        await this.disputes.apply(database, id, seen);
        return;
      }
    }
    return act satisfies never;
  }

  async shown(): Promise<Shown> {
    const { rows } = await this.database.query<Row>({
      text: `
        select o.status as order_status, p.status, p.attempt_number, a.status as attempt_status,
          (select array_agg(intent_id order by attempt_number) from payment_attempts
            where order_id = o.id) as named,
          p.intent_id, (p.captured_minor * 2 / p.amount_minor)::int as captured,
          o.cancel_reason is not null as is_cancel_wanted, h.status as hold,
          h.restocked_quantity = h.quantity as is_restocked, s.held, s.allocated
        from orders o join payments p on p.order_id = o.id
        join payment_attempts a on a.order_id = o.id and a.attempt_number = p.attempt_number
        join stock_holds h on h.order_id = o.id join stock s on s.sku = h.sku
        where o.id = $1`,
      values: [this.id],
    });
    const [row] = rows;
    if (!row) throw new Error('the order is not there');
    const isHolding = row.hold === 'active' ? 1 : 0;
    const isOwning = row.hold === 'consumed' && !row.is_restocked ? 1 : 0;
    if (row.held !== isHolding || row.allocated !== isOwning)
      throw new Error('stock is miscounted');
    const posted = await this.posted();
    const count = (kind: string, source: string): number =>
      posted.filter((each) => each.kind === kind && each.source_id === source).length;
    return {
      order: row.order_status,
      payment: row.status,
      attempt: row.attempt_number,
      attemptStatus: row.attempt_status,
      named: row.named.map((intent) => this.numberOf(intent)),
      intent: this.numberOf(row.intent_id),
      captured: row.captured,
      isCancelWanted: row.is_cancel_wanted,
      hold: row.hold,
      isRestocked: row.is_restocked,
      posted: [1, 2].map((number) => count('capture', this.intentId(number))),
      refunds: await this.shownRefunds(count),
      dispute: await this.disputeStatus(),
      disputePosted: [undefined, 'dispute', 'dispute_won', 'dispute_lost'].reduce(
        (sum, kind, i) => (kind && count(kind, `dp_${this.id}`) === 1 ? sum | bit(i) : sum),
        0,
      ),
      clearing: await this.clearing(),
    };
  }

  private async clearing(): Promise<number> {
    const { rows } = await this.database.query<{ all: bigint; clearing: bigint }>({
      text: `select coalesce(sum(amount_minor), 0)::bigint as all,
               coalesce(sum(amount_minor) filter (where account_id = 'psp_clearing'), 0)::bigint as clearing
             from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
             where t.order_id = $1`,
      values: [this.id],
    });
    const [row] = rows;
    if (row?.all !== 0n) throw new Error('the ledger does not add up');
    return Number(row.clearing) / Number(this.money(1));
  }

  private async shownRefunds(count: (kind: string, source: string) => number): Promise<string[]> {
    const { rows } = await this.database.query<{
      id: string;
      status: string;
      amount: number;
      psp: string | null;
      key_number: number;
    }>({
      text: `select r.id, r.status, (r.amount_minor * 2 / p.amount_minor)::int as amount,
               r.psp_refund_id as psp, r.key_number
             from refunds r join payments p using (order_id) where order_id = $1`,
      values: [this.id],
    });
    return this.refundIds.map((id) => {
      const row = rows.find((each) => each.id === id);
      const number = [0, 1, 2].find((each) => row?.psp === pspIdOf(id, each)) ?? 0;
      const posts = [1, 2].map(
        (each) =>
          `${count('refund', pspIdOf(id, each))}-${count('refund_reversal', pspIdOf(id, each))}`,
      );
      return `${row?.status} ${row?.amount} ${number} ${row?.key_number} ${posts.join(' ')}`;
    });
  }

  private async posted(): Promise<readonly { kind: string; source_id: string }[]> {
    const { rows } = await this.database.query<{ kind: string; source_id: string }>({
      text: 'select kind, source_id from ledger_transfers where order_id = $1',
      values: [this.id],
    });
    return rows;
  }

  private async disputeStatus(): Promise<string> {
    const { rows } = await this.database.query<{ status: string }>({
      text: 'select status from disputes where order_id = $1',
      values: [this.id],
    });
    return rows[0]?.status ?? 'none';
  }

  private async payAgain(): Promise<void> {
    const { email, shippingAddress, paymentMethod } = this.order;
    await this.database.transaction(async (tx) => {
      const order = await orders.lock(tx, this.id);
      const attempt = (order?.attempt ?? 0) + 1;
      const next = { orderId: this.id, attempt, paymentMethod, returnUrl: null };
      await checkout.beginAttempt(tx, { ...next, email, shippingAddress }, limits);
    });
  }

  private async requestRefund(amount: number, isWaiting: boolean): Promise<void> {
    await this.database.transaction(async (tx) => {
      const order = await orders.lock(tx, this.id);
      if (!order) throw new Error('the order is not there');
      const lines = await orders.listLines(tx, this.id);
      const known = await refunds.list(tx, this.id);
      const isAll = amount === total;
      const plan = planRefund(
        { order, lines, refunds: known, disputed: 0n },
        isAll
          ? { kind: 'lines', lines: [{ sku: this.id, quantity: 1 }] }
          : { kind: 'amount', amount: this.money(amount), currency: 'EUR' },
      );
      if ('code' in plan) throw new Error(plan.code);
      const refund: refunds.NewRefund = {
        ...plan,
        id: randomUUID(),
        orderId: this.id,
        currency: 'EUR',
        status: isWaiting ? 'awaiting_approval' : 'requested',
        restock: isAll,
        reason: 'a reason',
        requestedBy: 'mira',
      };
      const action = this.action('refund_requested');
      await refunds.request(tx, refund, { action, events: '[]', answer: '{}' });
    });
  }

  private async settleApproval(refundId: string, status: 'requested' | 'rejected'): Promise<void> {
    const action = this.action(status === 'requested' ? 'refund_approved' : 'refund_rejected');
    const step = { orderId: this.id, refundId, status, decidedBy: 'noor', events: '[]', action };
    await this.database.transaction((tx) => refunds.settleApproval(tx, step));
  }

  private async renew(refundId: string): Promise<void> {
    const { rows } = await this.database.query<{ psp_key: string }>({
      text: 'select psp_key from refunds where id = $1',
      values: [refundId],
    });
    const due = { id: refundId, pspKey: rows[0]?.psp_key ?? '' };
    await this.database.transaction((tx) =>
      refunds.renewKey(tx, due, this.action('refund_key_renewed')),
    );
  }

  private action(action: string) {
    return { actor: 'mira', role: 'support', action, order_id: this.id, detail: {} } as const;
  }

  private async amountOf(refundId: string): Promise<bigint> {
    const all = await refunds.list(this.database, this.id);
    return all.find(({ id }) => id === refundId)?.amount ?? 0n;
  }

  /** The model numbers refunds as they come to be. */
  private async noteRefunds(): Promise<void> {
    for (const { id } of await refunds.list(this.database, this.id)) {
      if (!this.refundIds.includes(id)) this.refundIds.push(id);
    }
  }

  private refundId(index: number): string {
    return this.refundIds[index] ?? '';
  }

  private money(amount: number): bigint {
    return (this.order.total * BigInt(amount)) / BigInt(total);
  }

  private translated(knowledge: Knowledge): Knowledge {
    if (knowledge.kind === 'nothing' || !knowledge.snapshot) return knowledge;
    const { snapshot } = knowledge;
    const there: Snapshot = {
      ...snapshot,
      intentId: this.intentId(Number(snapshot.intentId)),
      amount: this.money(Number(snapshot.amount)),
      captured: this.money(Number(snapshot.captured)),
    };
    return { ...knowledge, snapshot: there };
  }

  private intentId(number: number): string {
    return `pi_${this.id}_${number}`;
  }

  private numberOf(intentId: string | null): number {
    return intentId === null ? 0 : Number(intentId.split('_').at(-1));
  }
}

const pspIdOf = (refundId: string, number: number): string => `re_${refundId}_${number}`;
