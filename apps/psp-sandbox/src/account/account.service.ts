import type { Logger } from '@hemline/telemetry';
import { Journal } from '../journal/journal.ts';
import type { CommitRecord, EffectRecord, JournalRecord, StoredReply } from '../journal/record.ts';
import { type Lookup, expand } from '../stripe/expand.ts';
import { type StripeObject, errorObject, eventObject, subjectObject } from '../stripe/objects.ts';
import { StripeError } from '../stripe/stripe-error.ts';
import { Account, type EventEntry } from './account.ts';
import type { Change, Decision, Moment } from './change.ts';

export type Origin = {
  readonly requestId: string;
  /** With the fingerprint of the request, if its caller gave a key. */
  readonly key: { readonly name: string; readonly fingerprint: string } | null;
  readonly expand: readonly string[];
  /** Stripe broke after it did what was asked: this is answered, and stored, instead. */
  readonly answerInstead?: StripeError;
};

export type Reply = { readonly status: number; readonly body: string };

type Options = {
  readonly journalPath: string;
  readonly logger: Logger;
  readonly now: () => number;
  readonly newId: (prefix: string) => string;
  readonly publicUrl: string;
  /** Whether a webhook is sent for events of this type. */
  readonly isSubscribed: (type: string) => boolean;
};

const keyLifeMs = 24 * 3_600_000;
const pruneEveryMs = 60_000;

/** Takes decisions one at a time: decide, apply, write, and only then answer. */
export class AccountService {
  readonly account: Account;
  private readonly journal: Journal;
  private readonly options: Options;
  private readonly listeners: ((ids: readonly string[]) => void)[] = [];
  private readonly pruning: NodeJS.Timeout;

  private constructor(account: Account, journal: Journal, options: Options) {
    this.account = account;
    this.journal = journal;
    this.options = options;
    this.pruning = setInterval(() => this.forgetOldKeys(), pruneEveryMs).unref();
  }

  static async open(options: Options): Promise<AccountService> {
    const account = new Account();
    const journal = await Journal.open(options.journalPath, (record, position) =>
      account.apply(record, position),
    );
    if (journal.torn > 0) {
      options.logger.warn({ bytes: journal.torn }, 'the journal ended in a torn line; cut off');
    }
    const service = new AccountService(account, journal, options);
    service.forgetOldKeys();
    return service;
  }

  /** Nothing waits between the decision and its place in the journal, so no other can come between. */
  async commit(decision: Decision, origin: Origin): Promise<Reply> {
    const moment = this.moment();
    const change = this.decide(decision, moment, origin);
    const effects = this.number(change, moment);
    const reply = this.render(origin.answerInstead ?? change.answer, origin.expand, effects);
    if (effects.length === 0 && origin.key === null) {
      await this.settled();
      return reply;
    }
    const record: CommitRecord = {
      type: 'commit',
      at: moment.now,
      requestId: origin.requestId,
      key: origin.key?.name ?? null,
      effects,
      reply: origin.key && { fingerprint: origin.key.fingerprint, ...reply },
    };
    const durable = this.append(record);
    const made = effects.flatMap(({ events }) => events).filter(({ awaits }) => awaits);
    await durable;
    if (made.length > 0) for (const listener of this.listeners) listener(made.map(({ id }) => id));
    return reply;
  }

  /** Resolves when all that can be seen now would survive a crash. */
  settled(): Promise<void> {
    return this.journal.settled();
  }

  now(): number {
    return this.options.now();
  }

  /** Throws if nothing can be written any more. */
  check(): void {
    this.journal.check();
  }

  async storedReply(key: string): Promise<StoredReply | undefined> {
    const entry = this.account.keys.get(key);
    if (!entry || entry.at < this.options.now() - keyLifeMs) return undefined;
    const record = await this.journal.read(entry.position);
    return record.type === 'commit' ? (record.reply ?? undefined) : undefined;
  }

  /** Forgets the keys older than this, for good. */
  async pruneKeys(olderThanMs: number): Promise<number> {
    const before = this.moment().now - olderThanMs + 1;
    const { size } = this.account.keys;
    await this.append({ type: 'pruned', before });
    return size - this.account.keys.size;
  }

  /** An event in full, read back from the journal. */
  async event(entry: EventEntry): Promise<StripeObject> {
    const record = await this.journal.read(entry.position);
    if (record.type !== 'commit') throw new Error(`event ${entry.id} is not where it should be`);
    const effect = record.effects.find(({ events }) => events.some(({ id }) => id === entry.id));
    if (!effect) throw new Error(`event ${entry.id} is not in its record`);
    return eventObject({ entry, effect, requestId: record.requestId, key: record.key });
  }

  /** The object of this name, as it is now. */
  show(id: string): StripeObject | undefined {
    const subject = this.find(id);
    return subject && subjectObject(subject);
  }

  /** Tells of each event that a webhook is owed for, once it is on disk. */
  onEvents(listener: (ids: readonly string[]) => void): void {
    this.listeners.push(listener);
  }

  /** A mark lost in a crash costs one delivery too many, which receivers must expect anyway. */
  markDelivered(events: readonly string[]): void {
    const record: JournalRecord = { type: 'delivered', events };
    this.journal.appendLater(record);
    this.account.apply(record, { offset: 0, length: 0 });
  }

  records(): AsyncGenerator<JournalRecord> {
    return this.journal.records();
  }

  find: Lookup = (id) =>
    this.account.intents.find(id) ??
    this.account.charges.find(id) ??
    this.account.refunds.find(id) ??
    this.account.disputes.find(id) ??
    this.account.transactions.find(id);

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.pruning);
    await this.journal.close();
  }

  private append(record: JournalRecord): Promise<void> {
    const { position, durable } = this.journal.append(record);
    this.account.apply(record, position);
    return durable;
  }

  /** Time never goes back, so lists by `created` are lists by order. */
  private moment(): Moment {
    const now = Math.max(this.account.at, this.options.now());
    const { newId, publicUrl } = this.options;
    return { now, newId, publicUrl };
  }

  private decide(decision: Decision, moment: Moment, { key }: Origin): Change {
    try {
      return decision(this.account, moment);
    } catch (error) {
      // Execution had begun, so from now on this refusal is what the key answers.
      if (error instanceof StripeError && error.isStored && key) {
        return { effects: [], answer: error };
      }
      throw error;
    }
  }

  private number({ effects }: Change, { newId }: Moment): EffectRecord[] {
    return effects.map((effect, i) => ({
      seq: this.account.seq + i + 1,
      kind: effect.kind,
      amount: effect.amount,
      put: effect.put,
      events: effect.events.map((type) => ({
        id: newId('evt'),
        type,
        ...(this.options.isSubscribed(type) && { awaits: true as const }),
      })),
    }));
  }

  private render(
    answer: Change['answer'],
    paths: readonly string[],
    effects: readonly EffectRecord[],
  ): Reply {
    if (answer instanceof StripeError) {
      return { status: answer.statusCode, body: JSON.stringify(errorObject(answer)) };
    }
    const fresh: Lookup = (id) =>
      effects.flatMap(({ put }) => Object.values(put)).findLast((subject) => subject.id === id) ??
      this.find(id);
    const object = expand(subjectObject(answer), paths, fresh);
    return { status: 200, body: JSON.stringify(object) };
  }

  private forgetOldKeys(): void {
    this.account.forgetKeys(this.options.now() - keyLifeMs);
  }
}
