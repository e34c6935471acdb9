import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, from, lastValueFrom } from 'rxjs';
import { AccountService, type Reply } from '../account/account.service.ts';
import { Faults } from '../faults/faults.ts';
import type { Rule } from '../faults/plan.ts';
import { StripeError, apiError } from '../stripe/stripe-error.ts';
import type { Handled } from './exchange.ts';
import { type Key, checkSame, keyInUse, readKey } from './idempotency.ts';

type Exchange = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly key: Key | null;
  readonly fault: Rule | undefined;
  /** Reads the parameters and asks the controller. */
  readonly handle: () => Promise<Handled>;
};

/**
 * The way of every `/v1` request: a fault may strike before; a key answers what it answered before, or
 * is claimed; the decision is taken and written with its key; a fault may strike after.
 */
@Injectable()
export class ExchangeInterceptor implements NestInterceptor {
  private readonly keysInUse = new Set<string>();

  constructor(
    private readonly accounts: AccountService,
    private readonly faults: Faults,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request: FastifyRequest = http.getRequest();
    const reply: FastifyReply = http.getResponse();
    const handle = (): Promise<Handled> => lastValueFrom(next.handle()) as Promise<Handled>;
    return from(this.run(request, reply, handle));
  }

  private async run(
    request: FastifyRequest,
    reply: FastifyReply,
    handle: Exchange['handle'],
  ): Promise<string | undefined> {
    const key = request.method === 'POST' ? readKey(request) : null;
    const fault = this.faults.strike({
      method: request.method,
      path: request.url,
      key: key?.name,
      metadata: () => this.metadataOf(request),
    });
    const exchange: Exchange = { request, reply, key, fault, handle };
    if (key) void reply.header('Idempotency-Key', key.name);
    if (await this.strikeBefore(exchange)) return undefined;
    let answer: Reply;
    try {
      answer = request.method === 'POST' ? await this.write(exchange) : await this.read(exchange);
    } catch (error) {
      // A refusal tells of the state too, so it must not tell of more than a crash would leave.
      await this.accounts.settled();
      throw error;
    }
    return this.strikeAfter(exchange, answer);
  }

  private async read({ handle }: Exchange): Promise<Reply> {
    const handled = await handle();
    if (!('show' in handled)) throw new Error('a GET that decides something');
    await this.accounts.settled();
    return { status: 200, body: JSON.stringify(handled.show) };
  }

  private async write(exchange: Exchange): Promise<Reply> {
    const { key, reply } = exchange;
    if (!key) return this.decide(exchange);
    if (this.keysInUse.has(key.name)) throw keyInUse(key.name);
    this.keysInUse.add(key.name);
    try {
      const stored = await this.accounts.storedReply(key.name);
      if (!stored) return await this.decide(exchange);
      checkSame(key, stored);
      await this.accounts.settled();
      void reply.header('Idempotent-Replayed', 'true');
      return stored;
    } finally {
      this.keysInUse.delete(key.name);
    }
  }

  private async decide({ request, key, fault, handle }: Exchange): Promise<Reply> {
    if (fault?.fault === 'late') await sleep(fault.delayMs);
    const decision = await handle();
    if (typeof decision !== 'function') throw new Error('a POST that decides nothing');
    const expand = (request.body as { expand?: string[] }).expand ?? [];
    const origin = { requestId: request.stripeRequestId ?? 'req_unknown', key, expand };
    const failed = (): StripeError => apiError(fault?.status ?? 500, 'stored');
    if (fault?.fault === 'error_before' && fault.stored) {
      return this.accounts.commit(() => {
        throw failed();
      }, origin);
    }
    const breaks = fault?.fault === 'error_after' && fault.stored !== false;
    return this.accounts.commit(decision, breaks ? { ...origin, answerInstead: failed() } : origin);
  }

  /** True if the caller is gone already. */
  private async strikeBefore(exchange: Exchange): Promise<boolean> {
    const { fault, key, reply } = exchange;
    if (fault?.fault === 'delay') await sleep(fault.delayMs);
    const refusal = refusalOf(fault, key);
    if (refusal) throw refusal;
    if (fault?.fault !== 'lost_request' && fault?.fault !== 'late') return false;
    hangUp(reply);
    // Nobody hears how it ends, so what goes wrong now is nobody's.
    if (fault.fault === 'late') await this.write(exchange).catch(() => undefined);
    return true;
  }

  private async strikeAfter(
    { fault, reply }: Exchange,
    { status, body }: Reply,
  ): Promise<string | undefined> {
    if (fault?.fault === 'delay_after') await sleep(fault.delayMs);
    if (fault?.fault === 'lost_reply') {
      hangUp(reply);
      return undefined;
    }
    if (fault?.fault === 'error_after' && fault.stored === false) {
      throw apiError(fault.status ?? 500, 'not stored');
    }
    void reply.status(status).header('Content-Type', 'application/json');
    const lie = lies[fault?.fault ?? ''];
    return lie && status === 200 ? lie(body) : body;
  }

  /** Of the request, and of the intent that it is about. */
  private metadataOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
    const { id } = request.params as { id?: string };
    const body = (request.body ?? {}) as { payment_intent?: string; metadata?: object };
    const intent = this.accounts.account.intents.find(body.payment_intent ?? id ?? '');
    const refund = id === undefined ? undefined : this.accounts.account.refunds.find(id);
    return { ...intent?.metadata, ...refund?.metadata, ...body.metadata };
  }
}

/** What a fault answers in place of doing anything. */
const refusalOf = (fault: Rule | undefined, key: Key | null): StripeError | undefined => {
  if (fault?.fault === 'key_in_use') return keyInUse(key?.name ?? '');
  if (fault?.fault === 'error_before' && !(fault.stored && key)) {
    return apiError(fault.status ?? 500, 'not stored');
  }
  if (fault?.fault !== 'rate_limit') return undefined;
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded (made by the sandbox).',
    },
    'not stored',
  );
};

/** Breaks the connection without a word, as a proxy or a cable would. */
const hangUp = (reply: FastifyReply): void => {
  reply.hijack();
  reply.raw.destroy();
};

const replace = (body: string, by: (name: string, value: unknown) => unknown): string =>
  JSON.stringify(JSON.parse(body, by));

const otherThan = (currency: unknown): string => (currency === 'usd' ? 'eur' : 'usd');

const lies: Readonly<Record<string, ((body: string) => string) | undefined>> = {
  /** One minor unit more than the truth in every amount that is not zero. */
  wrong_amount: (body) =>
    replace(body, (name, value) =>
      typeof value === 'number' && value > 0 && name.startsWith('amount') ? value + 1 : value,
    ),
  wrong_currency: (body) =>
    replace(body, (name, value) => (name === 'currency' ? otherThan(value) : value)),
};
