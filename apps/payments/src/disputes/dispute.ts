import type { Transfer, TransferKind } from '../ledger/transfer.ts';
import type { DisputeStatus } from '../transitions.ts';

/** The provider's dispute as it was seen at some moment, perhaps long ago. */
export type DisputeSnapshot = {
  readonly id: string;
  /** `inquiry`: the bank only asks; no money has moved, and nothing is posted. */
  readonly status: DisputeStatus | 'inquiry';
  readonly amount: bigint;
  readonly currency: string;
};

export type Dispute = {
  readonly id: string;
  readonly status: DisputeStatus;
  readonly amount: bigint;
  readonly currency: string;
};

export type DisputeDecision =
  | { readonly kind: 'none' }
  /** Each status on the way is a transfer of its own, so that none is left out that was never seen. */
  | { readonly kind: 'step'; readonly to: readonly DisputeStatus[] }
  | { readonly kind: 'break'; readonly reason: string };

/** What a dispute at the provider means for ours, of which there may be none yet. */
export const decideDispute = (
  known: Dispute | undefined,
  seen: DisputeSnapshot,
  currency: string,
): DisputeDecision => {
  const { status } = seen;
  if (status === 'inquiry') return { kind: 'none' };
  if (seen.currency !== currency || (known && known.amount !== seen.amount)) {
    const ours = known ? `${known.amount} ${known.currency}` : currency;
    return { kind: 'break', reason: `ours is ${ours}` };
  }
  if (!known) return { kind: 'step', to: status === 'open' ? ['open'] : ['open', status] };
  // What is over was seen open long ago; only an appeal can still turn it.
  const isNews =
    status === 'won' ? known.status !== 'won' : status === 'lost' && known.status === 'open';
  return isNews ? { kind: 'step', to: [status] } : { kind: 'none' };
};

const kinds: Readonly<Record<DisputeStatus, TransferKind>> = {
  open: 'dispute',
  won: 'dispute_won',
  lost: 'dispute_lost',
};

/**
 * The bank took the money and holds it (`disputes`); it gave it back, or it is lost. Nothing of it touches
 * what was sold: a lost dispute is a loss of ours, and no return of goods.
 */
export const disputeTransfer = (
  orderId: string,
  { id, amount, currency }: Omit<Dispute, 'status'>,
  { from, to }: { readonly from: DisputeStatus | undefined; readonly to: DisputeStatus },
): Transfer => {
  const sides = {
    open: { debit: 'disputes', credit: 'psp_clearing' },
    won: { debit: 'psp_clearing', credit: from === 'lost' ? 'dispute_losses' : 'disputes' },
    lost: { debit: 'dispute_losses', credit: 'disputes' },
  } as const;
  const { debit, credit } = sides[to];
  return {
    kind: kinds[to],
    sourceId: id,
    orderId,
    entries: [
      { account: debit, currency, amount },
      { account: credit, currency, amount: -amount },
    ],
  };
};
