import { paymentsApi } from '@hemline/contracts';
import { type HttpClient, createHttpClient } from '@hemline/http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { type Answer, readAnswer } from './answer.ts';

const timeoutMs = 3_000;
/** Payments answers 202 by itself where the provider is slow, so more than this is its own trouble. */
const payTimeoutMs = 20_000;

@Injectable()
export class PaymentsClient implements OnApplicationShutdown {
  private readonly http: HttpClient;

  constructor(@Inject(CONFIG) config: Config) {
    this.http = createHttpClient('payments', { baseUrl: config.PAYMENTS_URL, timeoutMs });
  }

  async preview(request: paymentsApi.PreviewRequest): Promise<Answer<paymentsApi.Preview>> {
    const response = await this.http.request('POST', '/orders/preview', { body: request });
    return readAnswer('payments', response, paymentsApi.preview);
  }

  async placeOrder(
    idempotencyKey: string,
    order: paymentsApi.PlaceOrder,
  ): Promise<Answer<paymentsApi.OrderPlaced>> {
    const response = await this.http.request('POST', '/orders', {
      body: order,
      headers: { 'idempotency-key': idempotencyKey },
      timeoutMs: payTimeoutMs,
    });
    return readAnswer('payments', response, paymentsApi.orderPlaced);
  }

  /** Has payments ask the provider how it went; undefined as for `findOrder`. */
  async returnTo(id: string, token: string): Promise<paymentsApi.Order | undefined> {
    const response = await this.http.request('POST', `/orders/${encodeURIComponent(id)}/returned`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const answer = readAnswer('payments', response, paymentsApi.order);
    return answer.kind === 'ok' ? answer.value : undefined;
  }

  /** Undefined where there is no such order, or the token is not the one of this order. */
  async findOrder(id: string, token: string): Promise<paymentsApi.Order | undefined> {
    const response = await this.http.request('GET', `/orders/${encodeURIComponent(id)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const answer = readAnswer('payments', response, paymentsApi.order);
    return answer.kind === 'ok' ? answer.value : undefined;
  }

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }
}
