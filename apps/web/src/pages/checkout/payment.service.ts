import { setTimeout as sleep } from 'node:timers/promises';
import type { paymentsApi } from '@hemline/contracts';
import { ServiceUnavailable } from '@hemline/http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Answer } from '../../clients/answer.ts';
import { PaymentsClient } from '../../clients/payments.client.ts';

export type PaymentRequest = {
  readonly key: string;
  readonly order: paymentsApi.PlaceOrder;
  /** Whose it is, so that nobody else can ask how it went. */
  readonly session: string;
};

export type PaymentOutcome =
  | Answer<paymentsApi.OrderPlaced>
  /** Payments did not take the request on: nothing was charged. */
  | { readonly kind: 'away' }
  /** Payments has it, or may have it, and has not said how it went. */
  | { readonly kind: 'unknown' };

const maxAsked = 2_000;
const askedMs = 15 * 60_000;
/** Another press of the button, or another tab, is at work on the same bag. */
const underWay = new Set(['idempotency.in_progress', 'orders.in_progress']);
/** How long to wait for it, each time; together about as long as a provider may take. */
const waitsMs = [300, 700, 1_500, 2_500, 4_000];

/**
 * Sends an order and, where the answer is lost, keeps what was asked, so that the waiting page can ask
 * again: the same key is the same order, however often it is sent.
 */
@Injectable()
export class PaymentService {
  private readonly asked = new LRUCache<string, PaymentRequest>({ max: maxAsked, ttl: askedMs });

  constructor(private readonly payments: PaymentsClient) {}

  findAsked(key: string, session: string | undefined): PaymentRequest | undefined {
    const request = this.asked.get(key);
    return request && request.session === session ? request : undefined;
  }

  async pay(request: PaymentRequest): Promise<PaymentOutcome> {
    const outcome = await this.send(request);
    // That this request was not taken tells nothing of an earlier one, which may have been.
    const isOpen = outcome.kind === 'away' && this.asked.has(request.key);
    if (isOpen || outcome.kind === 'unknown') {
      this.asked.set(request.key, request);
      return { kind: 'unknown' };
    }
    this.asked.delete(request.key);
    return outcome;
  }

  private async send({ key, order }: PaymentRequest): Promise<PaymentOutcome> {
    try {
      for (const waitMs of waitsMs) {
        const answer = await this.payments.placeOrder(key, order);
        if (answer.kind === 'ok' || !underWay.has(answer.problem.code)) return answer;
        await sleep(waitMs);
      }
      return { kind: 'unknown' };
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      return { kind: wasNotTaken(error) ? 'away' : 'unknown' };
    }
  }
}

/** No connection, or a 503 of its own: payments says that before it begins. */
const wasNotTaken = ({ cause }: ServiceUnavailable): boolean => {
  const { code, status } = (cause ?? {}) as { code?: unknown; status?: unknown };
  return (
    code === 'ECONNREFUSED' ||
    code === 'ENOTFOUND' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    (status === 503 && typeof code === 'string')
  );
};
