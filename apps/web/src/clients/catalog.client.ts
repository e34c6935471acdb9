import { catalogApi } from '@hemline/contracts';
import { type HttpClient, createHttpClient } from '@hemline/http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { type Answer, readAnswer, valueOrThrow } from './answer.ts';

const timeoutMs = 2_000;
const suggestTimeoutMs = 500;

@Injectable()
export class CatalogClient implements OnApplicationShutdown {
  private readonly http: HttpClient;

  constructor(@Inject(CONFIG) config: Config) {
    this.http = createHttpClient('catalog', { baseUrl: config.CATALOG_URL, timeoutMs });
  }

  async list(search: string): Promise<Answer<catalogApi.ProductList>> {
    const response = await this.http.request('GET', `/products${search && `?${search}`}`);
    return readAnswer('catalog', response, catalogApi.productList);
  }

  async findProduct(handle: string): Promise<catalogApi.Product | undefined> {
    const response = await this.http.request('GET', `/products/${encodeURIComponent(handle)}`);
    const answer = readAnswer('catalog', response, catalogApi.product);
    return answer.kind === 'ok' ? answer.value : undefined;
  }

  async categories(): Promise<catalogApi.Category[]> {
    const response = await this.http.request('GET', '/categories');
    return valueOrThrow('catalog', readAnswer('catalog', response, catalogApi.categoryTree)).items;
  }

  async suggest(words: string): Promise<catalogApi.Suggestions['items']> {
    const path = `/suggest?${new URLSearchParams({ q: words })}`;
    const response = await this.http.request('GET', path, { timeoutMs: suggestTimeoutMs });
    return valueOrThrow('catalog', readAnswer('catalog', response, catalogApi.suggestions)).items;
  }

  /** Fresh quotes; a sku that is no longer sold has none. */
  async quotes(skus: readonly string[]): Promise<catalogApi.QuotesResponse['quotes']> {
    const response = await this.http.request('POST', '/quotes', { body: { skus } });
    return valueOrThrow('catalog', readAnswer('catalog', response, catalogApi.quotesResponse))
      .quotes;
  }

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }
}
