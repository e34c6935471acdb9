import { activeTraceparent } from '@hemline/telemetry';
import { Pool } from 'undici';

/** The other service did not answer in time, or not at all, or said that it cannot. */
export class ServiceUnavailable extends Error {
  readonly service: string;

  constructor(service: string, cause: unknown) {
    super(`${service} is not available`, { cause });
    this.name = 'ServiceUnavailable';
    this.service = service;
  }
}

export type ClientResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON, or undefined where the answer has no body. */
  readonly body: unknown;
};

type RequestOptions = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole call; the client's own limit if absent. */
  readonly timeoutMs?: number;
};

export type HttpClient = {
  request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    options?: RequestOptions,
  ): Promise<ClientResponse>;
  close(): Promise<void>;
};

type ClientOptions = {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly connections?: number;
};

/**
 * A client of one service: pooled connections, a deadline on every call, the trace handed on.
 * Answers of 5xx with no meaning of their own (502, 503, 504) become `ServiceUnavailable`; all others
 * are the caller's to read. A read whose connection failed is tried once more, a write never.
 */
export const createHttpClient = (
  service: string,
  { baseUrl, timeoutMs, connections }: ClientOptions,
): HttpClient => {
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname === '/' ? '' : pathname;
  const pool = new Pool(origin, {
    connections: connections ?? 64,
    connect: { timeout: timeoutMs },
  });

  const attempt: HttpClient['request'] = async (method, path, options = {}) => {
    const traceparent = activeTraceparent();
    const response = await pool.request({
      method,
      path: prefix + path,
      headers: {
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...(traceparent && { traceparent }),
        ...options.headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: AbortSignal.timeout(options.timeoutMs ?? timeoutMs),
    });
    const text = await response.body.text();
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : undefined,
    };
  };

  const request: HttpClient['request'] = async (method, path, options) => {
    const once = (): Promise<ClientResponse> => attempt(method, path, options);
    const retryOnce = (error: unknown): Promise<ClientResponse> => {
      if ((error as Error).name === 'TimeoutError') throw error;
      return once();
    };
    let answer: ClientResponse;
    try {
      answer = await (method === 'GET' ? once().catch(retryOnce) : once());
    } catch (error) {
      throw new ServiceUnavailable(service, error);
    }
    if (answer.status === 502 || answer.status === 503 || answer.status === 504) {
      throw new ServiceUnavailable(service, answer.body);
    }
    return answer;
  };

  return { request, close: () => pool.close() };
};
