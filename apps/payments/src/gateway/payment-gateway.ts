import type { Knowledge, Snapshot } from '../payments/payment.ts';
import type { DisputeSnapshot } from '../disputes/dispute.ts';
import type { RefundSnapshot } from '../refunds/refund-outcome.ts';

export type AuthoriseRequest = {
  readonly orderId: string;
  readonly attempt: number;
  /** The intent to confirm; null to make one and confirm it. */
  readonly intentId: string | null;
  readonly amount: bigint;
  readonly currency: string;
  readonly paymentMethod: string;
  /** Where the shopper comes back to after 3-D Secure; without it she cannot be sent there. */
  readonly returnUrl: string | null;
};

export type AuthoriseResult =
  /** The provider told where the intent stands: authorised, asking for 3-D Secure, … */
  | { readonly kind: 'answered'; readonly snapshot: Snapshot }
  | { readonly kind: 'declined'; readonly declineCode: string; readonly snapshot?: Snapshot }
  /**
   * It may have happened or not. With the key spent it will not happen any more: the provider keeps an
   * error of its own as the key's answer.
   */
  | { readonly kind: 'unknown'; readonly isKeySpent: boolean };

export type SnapshotResult =
  | { readonly kind: 'answered'; readonly snapshot: Snapshot }
  | { readonly kind: 'unknown' };

export type RefundRequest = {
  readonly refundId: string;
  readonly orderId: string;
  readonly intentId: string;
  readonly amount: bigint;
  readonly key: string;
};

export type RefundResult =
  | { readonly kind: 'answered'; readonly snapshot: RefundSnapshot }
  /** The request itself was refused: under this key nothing was done, if it is still known. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown'; readonly isKeySpent: boolean };

/**
 * The payment provider: an intent that is authorised in one step and captured in another, and may be
 * cancelled in between. Each request carries a key made from our own ids, so that sending it again is
 * sending it once.
 */
export interface PaymentGateway {
  /** False while so many calls failed that a new order had better not be begun. */
  isAvailable(): boolean;
  authorise(request: AuthoriseRequest): Promise<AuthoriseResult>;
  capture(request: {
    readonly orderId: string;
    readonly intentId: string;
  }): Promise<SnapshotResult>;
  /** Where the intent stands after the attempt: canceled, or whatever forbade it. */
  cancel(intentId: string): Promise<SnapshotResult>;
  retrieve(intentId: string): Promise<SnapshotResult>;
  /** Every intent that was ever made for an order, as far as the provider's search knows. */
  findByOrder(orderId: string): Promise<readonly Snapshot[] | undefined>;
  refund(request: RefundRequest): Promise<RefundResult>;
  /** Every refund of an intent, whoever made it; undefined if the provider does not say. */
  listRefunds(intentId: string): Promise<readonly RefundSnapshot[] | undefined>;
  listDisputes(intentId: string): Promise<readonly DisputeSnapshot[] | undefined>;
}

export const PAYMENT_GATEWAY = Symbol('PAYMENT_GATEWAY');

/** How long the provider is certain to know a key. Stripe forgets them after a day at the earliest. */
export const keyLifeMs = 20 * 3600 * 1000;

/** What an answer to attempt `attempt` tells. */
export const toKnowledge = (result: AuthoriseResult, attempt: number): Knowledge => {
  switch (result.kind) {
    case 'answered':
      return { kind: 'snapshot', snapshot: result.snapshot };
    case 'declined':
      return { ...result, attempt };
    case 'unknown':
      return { kind: 'nothing' };
  }
  return result satisfies never;
};
