import { cartApi } from '@hemline/contracts';
import { type HttpClient, createHttpClient } from '@hemline/http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import type { BagReference } from '../security/cookies.ts';
import { type Answer, readAnswer, valueOrThrow } from './answer.ts';

const timeoutMs = 2_000;

@Injectable()
export class CartClient implements OnApplicationShutdown {
  private readonly http: HttpClient;

  constructor(@Inject(CONFIG) config: Config) {
    this.http = createHttpClient('cart', { baseUrl: config.CART_URL, timeoutMs });
  }

  async create(): Promise<cartApi.CartCreated> {
    const response = await this.http.request('POST', '/carts');
    return valueOrThrow('cart', readAnswer('cart', response, cartApi.cartCreated));
  }

  /** Undefined where there is no such bag any more, or the key does not open it. */
  async find(bag: BagReference): Promise<cartApi.Cart | undefined> {
    const answer = await this.call('GET', bag, '');
    const isGone = answer.kind === 'refused' && [401, 403, 404].includes(answer.problem.status);
    return isGone ? undefined : valueOrThrow('cart', answer);
  }

  add(bag: BagReference, line: cartApi.AddLine): Promise<Answer<cartApi.Cart>> {
    return this.call('POST', bag, '/lines', line);
  }

  set(bag: BagReference, sku: string, line: cartApi.SetLine): Promise<Answer<cartApi.Cart>> {
    return this.call('PUT', bag, `/lines/${encodeURIComponent(sku)}`, line);
  }

  remove(bag: BagReference, sku: string): Promise<Answer<cartApi.Cart>> {
    return this.call('DELETE', bag, `/lines/${encodeURIComponent(sku)}`);
  }

  private async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    { id, token }: BagReference,
    path: string,
    body?: unknown,
  ): Promise<Answer<cartApi.Cart>> {
    const response = await this.http.request(method, `/carts/${id}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
    });
    return readAnswer('cart', response, cartApi.cart);
  }

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }
}
