import { Agent } from 'node:http';
import type { Logger } from '@hemline/telemetry';
import { Stripe } from 'stripe';
import type { Snapshot } from '../payments/payment.ts';
import { CircuitBreaker, CircuitOpen } from './circuit-breaker.ts';
import type {
  AuthoriseRequest,
  AuthoriseResult,
  PaymentGateway,
  RefundResult,
  SnapshotResult,
} from './payment-gateway.ts';

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

const statuses: Readonly<Record<string, Snapshot['status']>> = {
  requires_payment_method: 'unpaid',
  requires_confirmation: 'unpaid',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorised',
  succeeded: 'captured',
  canceled: 'canceled',
};

export const toSnapshot = (intent: Stripe.PaymentIntent): Snapshot => ({
  intentId: intent.id,
  // A status newer than this list is not one to act on.
  status: statuses[intent.status] ?? 'processing',
  amount: BigInt(intent.amount),
  currency: intent.currency.toUpperCase(),
  captured: BigInt(intent.amount_received ?? 0),
});

const { StripeError } = Stripe.errors;

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
    const { orderId, attempt, intentId, paymentMethod } = request;
    const options = { idempotencyKey: `cf:${orderId}:${attempt}` };
    try {
      const intent = await this.call('authorise', () =>
        intentId === null
          ? this.stripe.paymentIntents.create(
              {
                amount: Number(request.amount),
                currency: request.currency.toLowerCase(),
                capture_method: 'manual',
                // Ways of paying that send the shopper away and back are for a later day.
                automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
                payment_method: paymentMethod,
                confirm: true,
                metadata: { order_id: orderId },
              },
              options,
            )
          : this.stripe.paymentIntents.confirm(
              intentId,
              { payment_method: paymentMethod },
              options,
            ),
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

  async refund(request: {
    refundId: string;
    intentId: string;
    amount: bigint;
  }): Promise<RefundResult> {
    const { refundId, intentId, amount } = request;
    try {
      const refund = await this.call('refund', () =>
        this.stripe.refunds.create(
          {
            payment_intent: intentId,
            amount: Number(amount),
            metadata: { refund_id: refundId },
          },
          { idempotencyKey: `rf:${refundId}` },
        ),
      );
      if (refund.status === 'succeeded') return { kind: 'succeeded', refundId: refund.id };
      const isOver = refund.status === 'failed' || refund.status === 'canceled';
      return { kind: isOver ? 'failed' : 'pending', refundId: refund.id };
    } catch (error) {
      this.note(error, 'refund');
      return { kind: 'unknown' };
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
    if (error.type === 'StripeIdempotencyError') return { kind: 'unknown', isKeySpent: false };
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
