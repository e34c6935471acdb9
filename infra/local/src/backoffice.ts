import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { catalogApi, imagesApi, paymentsApi } from '@hemline/contracts';
import { toPaths } from './folder/data-folder.ts';
import { findHolder } from './process/lock.ts';
import { Refusal } from './refusal.ts';
import { readSecrets, type Secrets } from './folder/secrets.ts';
import { signStaffToken } from './folder/staff-token.ts';
import type { State } from './folder/state.ts';

export interface BackOfficeOptions {
  readonly urls: Readonly<Record<'catalog' | 'payments' | 'images', string>>;
  /** Signs tokens as they are needed; a shop elsewhere gives one `token` instead. */
  readonly staffKey?: Secrets['staffKey'];
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/** A service's answer that trying again does not change: the problem document, in short. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? `status ${status}`);
    this.name = 'Refused';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.errors = problem.errors ?? [];
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: Refused['errors'];
}

const TOKEN_SECONDS = 600;
const ANSWER_MS = 60_000;
const PATIENCE_MS = 120_000;
const LONGEST_WAIT_MS = 5_000;

/**
 * Fills a shop through the services' HTTP interfaces, as any back office would. Every call states
 * what shall be, so each can be repeated; it is, while a service is busy or starting again.
 */
export class BackOffice {
  private readonly options: BackOfficeOptions;
  private token = '';
  private tokenMadeAt = -Infinity;

  constructor(options: BackOfficeOptions) {
    this.options = options;
  }

  /** The same bytes give the same id. */
  async putImage(bytes: Uint8Array, contentType: string): Promise<imagesApi.Image> {
    const url = `${this.options.urls.images}/images`;
    return (await this.send('POST', url, bytes, contentType)) as imagesApi.Image;
  }

  async putProduct(handle: string, product: ProductInput): Promise<catalogApi.ProductWritten> {
    const url = `${this.options.urls.catalog}/products/${encodeURIComponent(handle)}`;
    return (await this.sendJson('PUT', url, product)) as catalogApi.ProductWritten;
  }

  async putStock(sku: string, onHand: number): Promise<void> {
    const url = `${this.options.urls.payments}/stock/${encodeURIComponent(sku)}`;
    await this.sendJson('PUT', url, { onHand });
  }

  /** As shoppers see it; undefined if there is none, or none that is published. */
  async findProduct(handle: string): Promise<catalogApi.Product | undefined> {
    const url = `${this.options.urls.catalog}/products/${encodeURIComponent(handle)}`;
    return (await this.find('GET', url)) as catalogApi.Product | undefined;
  }

  /** What is there of each sku, a hundred at most; skus that are not known are left out. */
  async findStock(skus: readonly string[]): Promise<readonly paymentsApi.Stock[]> {
    const query = new URLSearchParams(skus.map((sku): [string, string] => ['sku', sku]));
    const answer = await this.send(
      'GET',
      `${this.options.urls.payments}/stock?${query.toString()}`,
    );
    return (answer as { items: paymentsApi.Stock[] }).items;
  }

  async hasImage(id: string): Promise<boolean> {
    const url = `${this.options.urls.images}/images/${id}/160.jpeg`;
    return (await this.find('HEAD', url)) !== undefined;
  }

  /** Undefined where nothing is found. */
  private async find(method: string, url: string): Promise<unknown> {
    try {
      return (await this.send(method, url)) ?? 'found';
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    }
  }

  private sendJson(method: string, url: string, body: object): Promise<unknown> {
    return this.send(method, url, JSON.stringify(body), 'application/json');
  }

  private async send(method: string, url: string, body?: Body, type?: string) {
    const deadline = performance.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.attempt(method, url, body, type);
      if (answer instanceof Response && !isBusy(answer.status)) return readAnswer(answer);
      const fault = answer instanceof Response ? await toRefused(answer) : answer;
      if (performance.now() > deadline) throw fault;
      await sleep(toWait(answer, attempt), undefined, this.signalOption);
    }
  }

  /** The answer, or what kept it from coming. */
  private async attempt(method: string, url: string, body?: Body, type?: string) {
    const { signal } = this.options;
    const timeout = AbortSignal.timeout(ANSWER_MS);
    const authorization = `Bearer ${this.freshToken()}`;
    try {
      return await fetch(url, {
        method,
        ...(body !== undefined && { body: body as string | Uint8Array<ArrayBuffer> }),
        headers: { authorization, ...(type !== undefined && { 'content-type': type }) },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      signal?.throwIfAborted();
      return error as Error;
    }
  }

  private get signalOption() {
    return this.options.signal ? { signal: this.options.signal } : {};
  }

  private freshToken(): string {
    const { staffKey, token } = this.options;
    if (!staffKey) return token ?? '';
    if (performance.now() - this.tokenMadeAt > (TOKEN_SECONDS * 1000) / 2) {
      const claims = { role: 'admin', ttlSeconds: TOKEN_SECONDS };
      this.token = signStaffToken(staffKey, claims);
      this.tokenMadeAt = performance.now();
    }
    return this.token;
  }
}

/** The back office of the shop that runs from this data folder. */
export async function connectBackOffice(dataDir: string): Promise<BackOffice> {
  const paths = toPaths(dataDir);
  const secrets = await readSecrets(paths.secrets);
  const state = await readFile(paths.state, 'utf8').catch(() => undefined);
  if (!secrets || !state || !(await findHolder(paths.lock))) {
    throw new Refusal(`No shop is open in ${dataDir}; start one by "npm start" first.`);
  }
  const { services } = JSON.parse(state) as State;
  const { catalog, payments, images } = services;
  const urls = { catalog: catalog.url, payments: payments.url, images: images.url };
  return new BackOffice({ urls, staffKey: secrets.staffKey });
}

/** A product as a back office writes it: what has a default may be left out. */
export type ProductInput = (typeof catalogApi.productInput)['_zod']['input'];

type Body = string | Uint8Array;

const isBusy = (status: number) => [429, 502, 503, 504].includes(status);

async function readAnswer(answer: Response): Promise<unknown> {
  if (!answer.ok) throw await toRefused(answer);
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}

async function toRefused(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => ({}))) as Problem;
  return new Refused(answer.status, problem);
}

/** As long as the service asks for, or doubling from a tenth of a second; never all at once. */
function toWait(answer: Response | Error, attempt: number): number {
  const asked = answer instanceof Response ? Number(answer.headers.get('retry-after')) * 1000 : 0;
  const wait = asked > 0 ? asked : 100 * 2 ** attempt;
  return Math.min(LONGEST_WAIT_MS, wait) * (0.75 + Math.random() / 2);
}
