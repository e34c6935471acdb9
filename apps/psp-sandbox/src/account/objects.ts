/**
 * What the provider remembers, in its own short form; `stripe/objects.ts` turns it into Stripe's
 * shapes. All of it is immutable: a change makes a new value, so an event can keep the value that it
 * was about. Amounts are Stripe's: whole minor units up to 99,999,999, which a number holds exactly.
 */
export type Metadata = Readonly<Record<string, string>>;

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

export type CaptureMethod = 'automatic' | 'automatic_async' | 'manual';

/** Why a card was not charged, as Stripe tells it. */
export type Failure = {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
};

export type Intent = {
  readonly id: string;
  /** Seconds since 1970, like every `created`. */
  readonly created: number;
  readonly secret: string;
  readonly amount: number;
  readonly currency: string;
  readonly captureMethod: CaptureMethod;
  readonly status: IntentStatus;
  readonly paymentMethod: string | null;
  /** `null` where the caller named `payment_method_types` instead. */
  readonly redirects: 'always' | 'never' | null;
  readonly returnUrl: string | null;
  /** Where the cardholder is asked, while she is; absent in journals from before there was such a page. */
  readonly actionUrl?: string | null;
  readonly amountCapturable: number;
  readonly amountReceived: number;
  readonly latestCharge: string | null;
  readonly lastFailure:
    | (Failure & { readonly charge: string | null; readonly paymentMethod: string })
    | null;
  readonly canceledAt: number | null;
  readonly cancellationReason: string | null;
  readonly metadata: Metadata;
  /** Told by the caller, shown again, and of no effect here. */
  readonly notes: IntentNotes;
};

export type IntentNotes = {
  readonly description?: string | undefined;
  readonly receipt_email?: string | undefined;
  readonly statement_descriptor?: string | undefined;
  readonly statement_descriptor_suffix?: string | undefined;
  readonly transfer_group?: string | undefined;
  readonly setup_future_usage?: 'off_session' | 'on_session' | undefined;
  readonly shipping?: Shipping | undefined;
};

export type Shipping = {
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly carrier?: string | undefined;
  readonly tracking_number?: string | undefined;
  readonly address?: Readonly<Record<string, string | undefined>> | undefined;
};

export type Charge = {
  readonly id: string;
  readonly created: number;
  readonly intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  readonly paymentMethod: string;
  readonly isAuthenticated: boolean;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly isDisputed?: boolean;
  /** The authorisation was given back without ever having been captured. */
  readonly isReleased: boolean;
  readonly failure: Failure | null;
  readonly transaction: string | null;
  readonly metadata: Metadata;
};

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

export type Refund = {
  readonly id: string;
  readonly created: number;
  readonly intent: string;
  readonly charge: string;
  readonly paymentMethod: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly reason: string | null;
  readonly transaction: string;
  readonly failureTransaction: string | null;
  /** What becomes of it by itself, and when (milliseconds), for the cards whose refunds are slow. */
  readonly settles: { readonly status: 'succeeded' | 'failed'; readonly at: number } | null;
  readonly metadata: Metadata;
};

export type Dispute = {
  readonly id: string;
  readonly created: number;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'needs_response' | 'won' | 'lost';
  readonly transactions: readonly string[];
};

export type Transaction = {
  readonly id: string;
  readonly created: number;
  readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment';
  readonly amount: number;
  readonly currency: string;
  readonly source: string;
};

export type Subject = Intent | Charge | Refund | Transaction | Dispute;
