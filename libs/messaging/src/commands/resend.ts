import { type Topic, topics } from '@hemline/contracts';
import type { Database, Transaction } from '@hemline/postgres';
import type { EventServer } from '../event-server.ts';
import * as inbox from '../inbox.store.ts';
import * as letters from './dead-letters.store.ts';

export type Resent = {
  readonly topic: string;
  readonly key: string;
  readonly applied: number;
  /** Applied before, or told of again since by an event that states the whole. */
  readonly dropped: number;
  readonly left: readonly { readonly id: number; readonly reason: string }[];
};

type Key = { readonly topic: string; readonly key: string };

/**
 * Hands all dead letters of one key to the app's own handlers again, in the order of their versions and
 * under the lock of the key's cursor, so that nothing of that key is handled beside it. Each must follow
 * the version before it, as when it comes from the log; only where every event states the whole may one
 * that cannot be applied be passed by a later one. What is left keeps its new reason; when nothing is,
 * the key flows again.
 */
export const resend = (server: EventServer, database: Database, key: Key): Promise<Resent> =>
  database.transaction(async (tx) => {
    const cursor = (await inbox.lockCursors(tx, [key])).get(inbox.keyOf(key));
    const waiting = await letters.lockKey(tx, key);
    const first = Math.min(...waiting.map(({ id }) => id));
    const attempt = new Attempt({ server, tx, key, first, version: cursor?.version ?? 0 });
    for (const letter of waiting) await attempt.take(letter);
    return attempt.finish();
  });

type AttemptOptions = {
  readonly server: EventServer;
  readonly tx: Transaction;
  readonly key: Key;
  /** The letter that died first: where nothing of the key was applied before, versions begin with it. */
  readonly first: number;
  /** The last one that was applied, 0 if none was. */
  readonly version: number;
};

class Attempt {
  private readonly statesTheWhole: boolean;
  private readonly done: letters.DeadLetter[] = [];
  private readonly left: (letters.DeadLetter & { readonly newReason: string })[] = [];
  private version: number;
  private lastAppliedId = 0;
  private applied = 0;

  constructor(private readonly options: AttemptOptions) {
    this.version = options.version;
    const topic = (topics as Readonly<Record<string, Topic>>)[options.key.topic];
    this.statesTheWhole = topic?.keeps === 'last-of-each-key';
  }

  async take(letter: letters.DeadLetter): Promise<void> {
    try {
      await this.apply(letter);
      this.done.push(letter);
    } catch (error) {
      this.left.push({ ...letter, newReason: (error as Error).message });
    }
  }

  async finish(): Promise<Resent> {
    const { tx, key } = this.options;
    const left = this.left.filter((letter) => !this.isPassed(letter));
    this.done.push(...this.left.filter((letter) => this.isPassed(letter)));
    await letters.remove(
      tx,
      this.done.map(({ id }) => id),
    );
    for (const { id, newReason } of left) await letters.setReason(tx, id, newReason);
    if (left.length === 0) await letters.unpark(tx, key);
    if (this.applied > 0) await letters.setVersion(tx, key, this.version);
    return {
      ...key,
      applied: this.applied,
      dropped: this.done.length - this.applied,
      left: left.map(({ id, newReason }) => ({ id, reason: newReason })),
    };
  }

  /** What it told of was told again by one that was applied. */
  private isPassed({ id, version }: letters.DeadLetter): boolean {
    if (!this.statesTheWhole || this.applied === 0) return false;
    return version === null ? id < this.lastAppliedId : version < this.version;
  }

  /** A handler that fails takes back what it did, and nothing else. */
  private async apply({ id, value }: letters.DeadLetter): Promise<void> {
    const { server, tx, key, first } = this.options;
    const event = server.decode({ ...key, value });
    if (event.version <= this.version) return;
    const follows = event.version === this.version + 1 || (this.version === 0 && id === first);
    if (!follows && !this.statesTheWhole)
      throw new Error(`version ${event.version} came after ${this.version}`);
    await tx.query({ text: 'savepoint letter' });
    try {
      await server.handle(tx, [event]);
    } catch (error) {
      await tx.query({ text: 'rollback to savepoint letter' });
      throw error;
    }
    await inbox.claim(tx, [event.id]);
    this.version = event.version;
    this.lastAppliedId = id;
    this.applied += 1;
  }
}
