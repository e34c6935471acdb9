import { Database } from '@hemline/postgres';
import { Gauge, LOGGER, type Logger, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import type { Outcome } from '../payments/outcome.ts';
import { unfinishedStatuses } from '../payments/payment.ts';
import { PspEvents } from '../webhooks/psp-events.ts';
import { Actions } from './actions.ts';
import { DRIVER_DATABASE } from './driver-database.ts';
import * as store from './driver.store.ts';
import { WorkPool } from './work-pool.ts';

const idleMs = 1000;
const maxBatch = 50;
const concurrency = 12;
const healthEveryMs = 5000;
const reapEveryMs = 600_000;

/**
 * Takes every payment to its end. A payment that was authorised a moment ago is captured at once, off
 * the shopper's way; everything else that is unfinished is found by its `next_action_at`: after a crash,
 * when nobody answered, when a hold has ended, when a webhook told of news. Correctness depends on no
 * timer of it: all it does is ask, and apply what it learns.
 */
@Injectable()
export class Driver {
  private readonly pool = new WorkPool(concurrency);
  private readonly gauges: Readonly<Record<keyof store.Health, Gauge>>;
  private isRunning = false;
  private running: Promise<void> = Promise.resolve();
  private wakeUp: (() => void) | undefined;
  private nextHealthAt = 0;
  private nextReapAt = 0;

  constructor(
    @Inject(DRIVER_DATABASE) private readonly database: Database,
    private readonly actions: Actions,
    private readonly pspEvents: PspEvents,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: MetricsRegistry,
  ) {
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({ name, help, registers: [metrics] });
    this.gauges = {
      unfinished: gauge('payments_unfinished', 'Payments that are not at an end'),
      oldestSeconds: gauge('payments_unfinished_oldest_age_seconds', 'Age of the oldest of them'),
      openBreaks: gauge('recon_breaks_open', 'Disagreements with the provider that nobody solved'),
      unprocessedEvents: gauge('psp_events_unprocessed', 'Webhooks stored and not yet acted on'),
    };
  }

  onApplicationBootstrap(): void {
    this.isRunning = true;
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isRunning = false;
    this.wake();
    await this.running;
    await this.pool.drain();
  }

  /** What a request learned and left for us to go on with. */
  follow({ order, decision }: Outcome): void {
    if (decision.kind === 'authorise') this.take(order.id, order);
    else if (decision.kind === 'orphan') void this.actions.cancelOrphan(decision.intentId);
    else if (order.status === 'confirming') this.wake();
  }

  /** Takes one payment as far as it goes right now. */
  async finish(order: Order): Promise<void> {
    if (!unfinishedStatuses.includes(order.status)) return this.review(order);
    let current: Order | undefined = order;
    let last = order;
    while (current && unfinishedStatuses.includes(current.status)) {
      last = current;
      current = await this.actions.act(current);
    }
    if (current) return;
    if (last.status === 'ready') await store.sleepUntilHoldEnds(this.database, last.id);
    else await store.postpone(this.database, last.id);
  }

  /** Somebody wants a payment looked at that is at its end: refunds fail late, and banks take money back. */
  private async review(order: Order): Promise<void> {
    if (await this.actions.review(order)) await store.rest(this.database, order.id);
    else await store.postpone(this.database, order.id);
  }

  wake(): void {
    this.wakeUp?.();
  }

  private take(orderId: string, known?: Order): void {
    if (!this.isRunning) return;
    this.pool.add(orderId, async () => {
      try {
        const order = known ?? (await orders.find(this.database, orderId));
        if (order) await this.finish(order);
      } catch (err) {
        // Its lease brings it back.
        this.logger.warn({ err, order_id: orderId }, 'a payment could not be taken further');
      }
    });
  }

  private async run(): Promise<void> {
    while (this.isRunning) {
      let isBusy = false;
      try {
        isBusy = await this.tick();
      } catch (err) {
        this.logger.warn({ err }, 'the driver could not look for what is due');
      }
      if (!isBusy && this.isRunning) await this.pause(idleMs);
    }
  }

  private async tick(): Promise<boolean> {
    const hasNews = await this.pspEvents.process();
    const limit = Math.min(maxBatch, this.pool.room());
    const leaseMs = 2 * this.config.PSP_TIMEOUT_MS + 2000;
    const due = limit > 0 ? await store.claimDue(this.database, { limit, leaseMs }) : [];
    for (const orderId of due) this.take(orderId);
    await this.observe();
    return hasNews || (due.length > 0 && due.length === limit);
  }

  private async observe(): Promise<void> {
    if (Date.now() < this.nextHealthAt) return;
    this.nextHealthAt = Date.now() + healthEveryMs;
    const health = await store.readHealth(this.database);
    for (const [name, gauge] of Object.entries(this.gauges)) {
      gauge.set(health[name as keyof store.Health]);
    }
    if (Date.now() < this.nextReapAt) return;
    this.nextReapAt = Date.now() + reapEveryMs;
    await store.reapKeys(this.database);
  }

  private async pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.wakeUp = resolve;
    await promise;
    clearTimeout(timer);
    this.wakeUp = undefined;
  }
}
