import type { CommitRecord, JournalRecord, Position } from '../journal/record.ts';
import { missing } from '../stripe/stripe-error.ts';
import type { Put } from './change.ts';
import { Collection } from './collection.ts';
import type { Charge, Dispute, Intent, Refund, Transaction } from './objects.ts';

/** An event by name; what it says is read back from the journal, at `position`. */
export type EventEntry = {
  readonly id: string;
  readonly created: number;
  readonly type: string;
  readonly position: Position;
  isDelivered: boolean;
};

export type KeyEntry = { readonly at: number; readonly position: Position };

/**
 * The merchant's account at the provider: what the journal comes to. It changes by `apply` alone,
 * for a record just made as for one read at start, so the two cannot differ.
 *
 * Replies and events are the bulk of the journal and stay there; here are only their places.
 */
export class Account {
  readonly intents = new Collection<Intent>();
  readonly charges = new Collection<Charge>();
  readonly refunds = new Collection<Refund>();
  readonly transactions = new Collection<Transaction>();
  readonly disputes = new Collection<Dispute>();
  readonly events = new Collection<EventEntry>();
  /** In the order of their making, so the oldest come first. */
  readonly keys = new Map<string, KeyEntry>();
  readonly balance = new Map<string, number>();
  private readonly chargesByIntent = new Map<string, string[]>();
  private readonly refundsByIntent = new Map<string, string[]>();
  private readonly disputesByIntent = new Map<string, string[]>();
  private readonly intentsByMetadata = new Map<string, string[]>();
  /** Refunds that will change by themselves. */
  readonly unsettled = new Set<string>();
  /** The number of the last effect. */
  seq = 0;
  /** When the last thing happened, in milliseconds. */
  at = 0;

  apply(record: JournalRecord, position: Position): void {
    if (record.type === 'commit') this.applyCommit(record, position);
    else if (record.type === 'pruned') this.forgetKeys(record.before);
    else for (const id of record.events) this.markDelivered(id);
  }

  intent(id: string, param?: string): Intent {
    const intent = this.intents.find(id);
    if (!intent) throw missing('payment_intent', id, param);
    return intent;
  }

  charge(id: string, param?: string): Charge {
    const charge = this.charges.find(id);
    if (!charge) throw missing('charge', id, param);
    return charge;
  }

  refund(id: string): Refund {
    const refund = this.refunds.find(id);
    if (!refund) throw missing('refund', id);
    return refund;
  }

  /** The charges of one intent, or all of them. */
  chargesOf(intent: string | undefined): Collection<Charge> {
    return intent === undefined
      ? this.charges
      : selectFrom(this.charges, this.chargesByIntent.get(intent));
  }

  /** The refunds of one intent, or all of them. */
  refundsOf(intent: string | undefined): Collection<Refund> {
    return intent === undefined
      ? this.refunds
      : selectFrom(this.refunds, this.refundsByIntent.get(intent));
  }

  dispute(id: string): Dispute {
    const dispute = this.disputes.find(id);
    if (!dispute) throw missing('dispute', id);
    return dispute;
  }

  /** The disputes of one intent, or all of them. */
  disputesOf(intent: string | undefined): Collection<Dispute> {
    return intent === undefined
      ? this.disputes
      : selectFrom(this.disputes, this.disputesByIntent.get(intent));
  }

  /** Every intent that has this metadata, or had it once: the caller looks again. */
  intentsWith(key: string, value: string): readonly string[] {
    return this.intentsByMetadata.get(`${key}\n${value}`) ?? [];
  }

  /** Forgets keys older than `before` (milliseconds), as Stripe does after a day. */
  forgetKeys(before: number): number {
    let forgotten = 0;
    for (const [key, { at }] of this.keys) {
      if (at >= before) break;
      this.keys.delete(key);
      forgotten += 1;
    }
    return forgotten;
  }

  private applyCommit(record: CommitRecord, position: Position): void {
    const created = Math.floor(record.at / 1000);
    this.at = record.at;
    for (const { seq, put, events } of record.effects) {
      this.seq = seq;
      this.put(put);
      for (const { id, type, awaits } of events) {
        this.events.put({ id, created, type, position, isDelivered: !awaits });
      }
    }
    if (record.key !== null && record.reply) {
      this.keys.set(record.key, { at: record.at, position });
    }
  }

  private put({ intent, charge, refund, transaction, dispute }: Put): void {
    if (dispute) {
      if (!this.disputes.find(dispute.id)) {
        addTo(this.disputesByIntent, dispute.intent, dispute.id);
      }
      this.disputes.put(dispute);
    }
    if (intent) {
      this.indexMetadata(intent);
      this.intents.put(intent);
    }
    if (charge) {
      if (!this.charges.find(charge.id)) addTo(this.chargesByIntent, charge.intent, charge.id);
      this.charges.put(charge);
    }
    if (refund) {
      if (!this.refunds.find(refund.id)) addTo(this.refundsByIntent, refund.intent, refund.id);
      this.refunds.put(refund);
      if (refund.settles) this.unsettled.add(refund.id);
      else this.unsettled.delete(refund.id);
    }
    if (transaction) {
      this.transactions.put(transaction);
      const { currency, amount } = transaction;
      this.balance.set(currency, (this.balance.get(currency) ?? 0) + amount);
    }
  }

  private indexMetadata(intent: Intent): void {
    const earlier = this.intents.find(intent.id)?.metadata;
    for (const [key, value] of Object.entries(intent.metadata)) {
      if (earlier?.[key] === value) continue;
      const entry = `${key}\n${value}`;
      if (!this.intentsByMetadata.get(entry)?.includes(intent.id)) {
        addTo(this.intentsByMetadata, entry, intent.id);
      }
    }
  }

  private markDelivered(id: string): void {
    const event = this.events.find(id);
    if (event) event.isDelivered = true;
  }
}

const addTo = (index: Map<string, string[]>, key: string, id: string): void => {
  const ids = index.get(key);
  if (ids) ids.push(id);
  else index.set(key, [id]);
};

const selectFrom = <Item extends { readonly id: string; readonly created: number }>(
  all: Collection<Item>,
  ids: readonly string[] = [],
): Collection<Item> => {
  const selected = new Collection<Item>();
  for (const id of ids) {
    const item = all.find(id);
    if (item) selected.put(item);
  }
  return selected;
};
