import { Agent } from 'node:http';
import type { Logger } from '@hemline/telemetry';
import { Stripe } from 'stripe';
import type { DisputeSnapshot } from '../disputes/dispute.ts';
import type { RefundSnapshot } from '../refunds/refund-outcome.ts';
import type { Snapshot } from '../payments/payment.ts';
import { CircuitBreaker, CircuitOpen } from './circuit-breaker.ts';
import type {
  AuthoriseRequest,
  AuthoriseResult,
  PaymentGateway,
  RefundRequest,
  RefundResult,
  SnapshotResult,
} from './payment-gateway.ts';
import { toDisputeSnapshot, toRefundSnapshot, toSnapshot } from './stripe-shapes.ts';

type StripeGatewayOptions = {
  readonly secretKey: string;
  /** Unset means the real Stripe. */
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly logger: Logger;
};

type Operation = 'authorise' | 'capture' | 'cancel' | 'retrieve' | 'search' | 'refund';

const connectTo = (apiUrl: string | undefined): Stripe.StripeConfig => {
  if (apiUrl === undefined) return {};
  const { protocol, hostname, port } = new URL(apiUrl);
  const isPlain = protocol === 'http:';
  return {
    protocol: isPlain ? 'http' : 'https',
    host: hostname,
    port: port || (isPlain ? 80 : 443),
    ...(isPlain && { httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }) }),
  };
};

/** More refunds than this an order does not have: one of them takes at least a minor unit. */
const maxListed = 10_000;

const { StripeError } = Stripe.errors;
const idempotencyError = 'StripeIdempotencyError';

const isStripeError = (error: unknown): error is InstanceType<typeof StripeError> =>
  error instanceof StripeError;

/** No answer, or one that tells nothing of what happened: 5xx, too many requests, key in use. */
const isIndeterminate = (error: unknown): boolean => {
  if (!(error instanceof StripeError)) return true;
  const status = error.statusCode;
  return (
    status === undefined || status >= 500 || status === 429 || status === 409 || status === 401
  );
};

/** The key's first request failed on the provider's side, and the key will never do anything else. */
const isReplayed = (error: unknown): boolean =>
  error instanceof StripeError &&
  error.statusCode !== 409 &&
  error.headers?.['idempotent-replayed'] === 'true';

/** Stripe's API 1:1 behind our port. It never retries by itself: the driver does, and remembers. */
export class StripeGateway implements PaymentGateway {
  private readonly stripe: Stripe;
  private readonly breakers = new Map<Operation, CircuitBreaker>();

  constructor(private readonly options: StripeGatewayOptions) {
    this.stripe = new Stripe(options.secretKey, {
      ...connectTo(options.apiUrl),
      maxNetworkRetries: 0,
      timeout: options.timeoutMs,
      telemetry: false,
    });
  }

  isAvailable(): boolean {
    return !this.breakerOf('authorise').isOpen();
  }

  async authorise(request: AuthoriseRequest): Promise<AuthoriseResult> {
    const { orderId, attempt, intentId, paymentMethod, returnUrl } = request;
    const confirmation = {
      payment_method: paymentMethod,
      ...(returnUrl !== null && { return_url: returnUrl }),
    };
    const options = { idempotencyKey: `cf:${orderId}:${attempt}` };
    try {
      const intent = await this.call('authorise', () =>
        intentId === null
          ? this.stripe.paymentIntents.create(
              {
                amount: Number(request.amount),
                currency: request.currency.toLowerCase(),
                capture_method: 'manual',
                // Cards alone, which send the shopper away and back for 3-D Secure and nothing else.
                ...(returnUrl !== null && { allowed_payment_method_types: ['card'] }),
                automatic_payment_methods: {
                  enabled: true,
                  allow_redirects: returnUrl === null ? 'never' : 'always',
                },
                ...confirmation,
                confirm: true,
                metadata: { order_id: orderId },
              },
              options,
            )
          : this.stripe.paymentIntents.confirm(intentId, confirmation, options),
      );
      return { kind: 'answered', snapshot: toSnapshot(intent) };
    } catch (error) {
      return this.toRefusal(error, intentId);
    }
  }

  async capture({
    orderId,
    intentId,
  }: {
    orderId: string;
    intentId: string;
  }): Promise<SnapshotResult> {
    const options = { idempotencyKey: `cap:${orderId}` };
    return this.snapshotOf('capture', intentId, () =>
      this.stripe.paymentIntents.capture(intentId, {}, options),
    );
  }

  async cancel(intentId: string): Promise<SnapshotResult> {
    // Without a key: a second cancel finds the first one done, and an answer kept under a key would
    // hide what became of the intent since.
    return this.snapshotOf('cancel', intentId, () => this.stripe.paymentIntents.cancel(intentId));
  }

  async retrieve(intentId: string): Promise<SnapshotResult> {
    return this.snapshotOf('retrieve', intentId, () =>
      this.stripe.paymentIntents.retrieve(intentId),
    );
  }

  async findByOrder(orderId: string): Promise<readonly Snapshot[] | undefined> {
    const query = `metadata['order_id']:'${orderId}'`;
    try {
      const found = await this.call('search', () =>
        this.stripe.paymentIntents.search({ query, limit: 100 }),
      );
      return found.data.map(toSnapshot);
    } catch (error) {
      this.note(error, 'search');
      return undefined;
    }
  }

  async refund(request: RefundRequest): Promise<RefundResult> {
    const { refundId, orderId, intentId, amount, key } = request;
    try {
      const refund = await this.call('refund', () =>
        this.stripe.refunds.create(
          {
            payment_intent: intentId,
            amount: Number(amount),
            metadata: { refund_id: refundId, order_id: orderId },
          },
          { idempotencyKey: key },
        ),
      );
      return { kind: 'answered', snapshot: toRefundSnapshot(refund) };
    } catch (error) {
      this.note(error, 'refund');
      // A key used with other parameters is our own fault, and says nothing of what happened.
      if (isIndeterminate(error) || !isStripeError(error) || error.type === idempotencyError) {
        return { kind: 'unknown', isKeySpent: isReplayed(error) };
      }
      return { kind: 'refused', code: error.code ?? error.type };
    }
  }

  async listRefunds(intentId: string): Promise<readonly RefundSnapshot[] | undefined> {
    try {
      const refunds = await this.call('refund', () =>
        this.stripe.refunds
          .list({ payment_intent: intentId, limit: 100 })
          .autoPagingToArray({ limit: maxListed }),
      );
      return refunds.map(toRefundSnapshot);
    } catch (error) {
      this.note(error, 'refund');
      return undefined;
    }
  }

  async listDisputes(intentId: string): Promise<readonly DisputeSnapshot[] | undefined> {
    try {
      const disputes = await this.call('refund', () =>
        this.stripe.disputes
          .list({ payment_intent: intentId, limit: 100 })
          .autoPagingToArray({ limit: maxListed }),
      );
      return disputes.map(toDisputeSnapshot);
    } catch (error) {
      this.note(error, 'refund');
      return undefined;
    }
  }

  /** A refusal often carries the intent as it stands; that it was refused tells less than that. */
  private async snapshotOf(
    operation: Operation,
    intentId: string,
    work: () => Promise<Stripe.PaymentIntent>,
  ): Promise<SnapshotResult> {
    try {
      return { kind: 'answered', snapshot: toSnapshot(await this.call(operation, work)) };
    } catch (error) {
      this.note(error, operation);
      if (isIndeterminate(error)) return { kind: 'unknown' };
      const { payment_intent: intent } = error as InstanceType<typeof StripeError>;
      if (intent) return { kind: 'answered', snapshot: toSnapshot(intent) };
      return operation === 'retrieve' ? { kind: 'unknown' } : this.retrieve(intentId);
    }
  }

  private async toRefusal(error: unknown, intentId: string | null): Promise<AuthoriseResult> {
    this.note(error, 'authorise');
    if (isIndeterminate(error) || !(error instanceof StripeError)) {
      return { kind: 'unknown', isKeySpent: isReplayed(error) };
    }
    const intent = error.payment_intent;
    const snapshot = intent ? toSnapshot(intent) : undefined;
    if (error.statusCode === 402) {
      const declineCode = error.decline_code ?? error.code ?? 'card_declined';
      return { kind: 'declined', declineCode, ...(snapshot && { snapshot }) };
    }
    // The intent is in a state that takes no confirmation: where it stands is the answer.
    if (snapshot && snapshot.status !== 'unpaid') return { kind: 'answered', snapshot };
    if (intentId !== null && error.code === 'payment_intent_unexpected_state') {
      const found = await this.retrieve(intentId);
      return found.kind === 'answered' ? found : { kind: 'unknown', isKeySpent: false };
    }
    // A key used with other parameters is our own fault, and says nothing of what happened.
    if (error.type === idempotencyError) return { kind: 'unknown', isKeySpent: false };
    const declineCode = error.code ?? 'invalid_request';
    return { kind: 'declined', declineCode, ...(snapshot && { snapshot }) };
  }

  private call<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    return this.breakerOf(operation).run(work, isIndeterminate);
  }

  private breakerOf(operation: Operation): CircuitBreaker {
    const breaker = this.breakers.get(operation) ?? new CircuitBreaker();
    this.breakers.set(operation, breaker);
    return breaker;
  }

  private note(error: unknown, operation: Operation): void {
    if (error instanceof CircuitOpen || !isIndeterminate(error)) return;
    const { type, code, statusCode } = error as Partial<InstanceType<typeof StripeError>>;
    const level = statusCode === 401 ? 'error' : 'warn';
    this.options.logger[level](
      { operation, type, code, status: statusCode },
      'the provider did not give an answer that decides',
    );
  }
}
