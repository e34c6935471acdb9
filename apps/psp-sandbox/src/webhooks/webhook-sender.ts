import { Gauge, type Logger, type MetricsRegistry } from '@hemline/telemetry';
import type { AccountService } from '../account/account.service.ts';
import type { Faults } from '../faults/faults.ts';
import { DueQueue } from './due-queue.ts';
import { Endpoint } from './endpoint.ts';
import { forge } from './forgery.ts';
import { signatureHeader } from './signature.ts';

type Delivery = { readonly eventId: string; readonly attempt: number };

type Options = {
  readonly accounts: AccountService;
  readonly faults: Faults;
  readonly endpoint: { readonly url: string; readonly secret: string } | undefined;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
};

const atOnce = 8;
const timeoutMs = 10_000;
const firstRetryMs = 500;
const lastRetryMs = 60_000;
const giveUpMs = 3 * 24 * 3_600_000;
const overtakeMs = 2000;

/** How long to wait after the n-th attempt failed: doubling from half a second to a minute. */
export const retryDelayMs = (attempt: number): number =>
  Math.min(firstRetryMs * 2 ** Math.min(attempt - 1, 20), lastRetryMs);

/**
 * Posts each event until the endpoint answers 2xx, for three days at most. It runs beside the API and
 * never holds it up: at most eight posts are under way, the rest wait in a queue of names. What was
 * delivered is marked in the journal; what was not is queued again at the next start, so a crash may
 * cost one delivery too many and never one too few.
 */
export class WebhookSender {
  private readonly queue = new DueQueue<Delivery>();
  private readonly options: Options;
  private readonly endpoint: Endpoint | undefined;
  private isStopping = false;
  private readonly waiting: Gauge;
  private underWay = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.options = options;
    const { accounts, endpoint, metrics } = options;
    this.waiting = new Gauge({
      name: 'psp_webhooks_waiting',
      help: 'Webhooks that wait for their first or next attempt',
      registers: [metrics],
    });
    if (!endpoint) return;
    this.endpoint = new Endpoint({ url: endpoint.url, connections: atOnce, timeoutMs });
    for (const event of accounts.account.events.values()) {
      if (!event.isDelivered) this.enqueue(event.id);
    }
    accounts.onEvents((ids) => {
      for (const id of ids) this.enqueue(id);
      this.run();
    });
    this.run();
  }

  onModuleDestroy(): void {
    this.isStopping = true;
    clearTimeout(this.timer);
    this.endpoint?.close();
  }

  private enqueue(eventId: string): void {
    const { faults, accounts } = this.options;
    const { delayMs, reorder } = faults.plan.webhooks;
    let wait = delayMs;
    if (delayMs > 0) faults.count('delayed');
    if (faults.random.chance(reorder)) {
      faults.count('reordered');
      wait += Math.ceil(faults.random.next() * overtakeMs);
    }
    this.queue.push({ eventId, attempt: 1 }, accounts.now() + wait);
  }

  private run(): void {
    clearTimeout(this.timer);
    if (this.isStopping) return;
    const now = this.options.accounts.now();
    while (this.underWay < atOnce) {
      const delivery = this.queue.popDue(now);
      if (!delivery) break;
      this.underWay += 1;
      void this.deliver(delivery).finally(() => {
        this.underWay -= 1;
        this.run();
      });
    }
    this.waiting.set(this.queue.size);
    const next = this.queue.nextDue();
    if (this.underWay < atOnce && next !== undefined) {
      this.timer = setTimeout(() => this.run(), Math.max(1, next - now)).unref();
    }
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { accounts, logger } = this.options;
    const entry = accounts.account.events.find(delivery.eventId);
    if (!entry || entry.isDelivered) return;
    try {
      const payload = JSON.stringify(await accounts.event(entry));
      const isTaken = await this.post(payload);
      if (this.isStopping) return;
      if (isTaken) accounts.markDelivered([entry.id]);
      else this.retry(delivery, entry.created);
    } catch (error) {
      logger.error({ err: error, event: delivery.eventId }, 'a webhook could not be made');
      this.retry(delivery, entry.created);
    }
  }

  private retry({ eventId, attempt }: Delivery, created: number): void {
    const { accounts, logger } = this.options;
    const due = accounts.now() + retryDelayMs(attempt);
    if (due > created * 1000 + giveUpMs) {
      logger.warn({ event: eventId, attempt }, 'a webhook was given up after three days');
      return;
    }
    this.queue.push({ eventId, attempt: attempt + 1 }, due);
  }

  private async post(payload: string): Promise<boolean> {
    const { accounts, faults, endpoint: { secret } = { secret: '' } } = this.options;
    const { drop, duplicate, forge: forgeChance } = faults.plan.webhooks;
    const at = Math.floor(accounts.now() / 1000);
    const signature = signatureHeader({ payload, secret, at });
    if (faults.random.chance(forgeChance)) {
      faults.count('forged');
      const forgery = forge({ payload, secret, at }, faults.random);
      await this.send(forgery.payload, forgery.signature);
    }
    if (faults.random.chance(drop)) {
      faults.count('dropped');
      return false;
    }
    const copies = duplicate >= 1 ? Math.floor(duplicate) : Number(faults.random.chance(duplicate));
    const extra = Array.from({ length: copies }, () => {
      faults.count('duplicated');
      return this.send(payload, signature);
    });
    const [isTaken] = await Promise.all([this.send(payload, signature), ...extra]);
    return isTaken;
  }

  private async send(payload: string, signature: string | undefined): Promise<boolean> {
    return (await this.endpoint?.post(payload, headersWith(signature))) ?? false;
  }
}

const headersWith = (signature: string | undefined): Record<string, string> => ({
  'Content-Type': 'application/json; charset=utf-8',
  'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  ...(signature !== undefined && { 'Stripe-Signature': signature }),
});
