import type { EffectKind, Put } from '../account/change.ts';

/** Where a line of the journal stands in its file, in bytes. */
export type Position = { readonly offset: number; readonly length: number };

/** One event that Stripe tells of an effect. `awaits` is absent if no webhook was to be sent. */
export type EventRecord = { readonly id: string; readonly type: string; readonly awaits?: true };

export type EffectRecord = {
  readonly seq: number;
  readonly kind: EffectKind;
  readonly amount: number;
  readonly put: Put;
  readonly events: readonly EventRecord[];
};

/** The answer that belongs to an idempotency key, byte for byte. */
export type StoredReply = {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
};

/** A request's effects together with its idempotency key: one line, so both survive or neither. */
export type CommitRecord = {
  readonly type: 'commit';
  readonly at: number;
  readonly requestId: string;
  readonly key: string | null;
  readonly effects: readonly EffectRecord[];
  readonly reply: StoredReply | null;
};

export type JournalRecord =
  | CommitRecord
  | { readonly type: 'delivered'; readonly events: readonly string[] }
  | { readonly type: 'pruned'; readonly before: number };
