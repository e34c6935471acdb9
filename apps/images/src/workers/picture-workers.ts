import {
  Counter,
  Gauge,
  LOGGER,
  type Logger,
  METRICS,
  type MetricsRegistry,
} from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { refusal } from '../problems.ts';
import { JobQueue, type Urgency } from './job-queue.ts';
import type { DerivativeFormat, Inspection, PictureSource, PictureTask } from './picture-task.ts';
import { WorkerLost, WorkerProcess } from './worker-process.ts';

type Value = Inspection | Uint8Array;

type Job = {
  /** Called when the turn comes, so that what waits does not hold its bytes. */
  readonly load: () => Promise<PictureTask | undefined>;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
  urgency: Urgency;
  losses: number;
};

export type Derivation = {
  /** Undefined if there is no such original. */
  readonly bytes: Promise<Buffer | undefined>;
  /** Someone waits for it by now. */
  hasten(urgency: Urgency): void;
};

const maxLosses = 2;

/**
 * Two processes that decode and encode. One serves only those who wait; the other does too, and works
 * ahead when nobody does, at a low priority of the operating system. So neither a burst of uploads nor a
 * thousand pictures made in advance keep a shopper from hers.
 */
@Injectable()
export class PictureWorkers {
  private readonly queue = new JobQueue<Job>();
  private readonly workers: readonly { process: WorkerProcess; takes: readonly Urgency[] }[] = [
    { process: new WorkerProcess(0), takes: ['now', 'soon'] },
    { process: new WorkerProcess(10), takes: ['now', 'soon', 'later'] },
  ];
  private readonly busy = new Set<WorkerProcess>();
  private isStopping = false;

  private readonly tasks: Counter;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: MetricsRegistry,
  ) {
    this.tasks = new Counter({
      name: 'picture_tasks_total',
      help: 'What worker processes were asked for: inspect, derive; by outcome: done, unreadable, lost',
      labelNames: ['kind', 'outcome'],
      registers: [metrics],
    });
    const { queue } = this;
    const pressing: Gauge = new Gauge({
      name: 'picture_tasks_pressing',
      help: 'Tasks that wait for a worker process while someone waits for them',
      registers: [metrics],
      collect: (): void => pressing.set(queue.pressing),
    });
  }

  /** How many jobs wait for a worker while someone waits for them. */
  get pressing(): number {
    return this.queue.pressing;
  }

  /** Width, height and placeholder; refuses what cannot be read to its end. */
  async inspect(bytes: Uint8Array): Promise<Inspection> {
    const { value } = this.submit('now', async () => ({ kind: 'inspect', bytes }));
    return (await value) as Inspection;
  }

  derive(
    locate: () => Promise<PictureSource | undefined>,
    { width, format }: { readonly width: number; readonly format: DerivativeFormat },
    urgency: Urgency,
  ): Derivation {
    const { value, job } = this.submit(urgency, async () => {
      const source = await locate();
      return source && { kind: 'derive', source, width, format };
    });
    return {
      bytes: value.then((made) => made && Buffer.from(made as Uint8Array)),
      hasten: (to) => {
        if (job.urgency === 'later') job.urgency = to;
        this.queue.hasten(job, to);
        this.assign();
      },
    };
  }

  onApplicationShutdown(): void {
    this.isStopping = true;
    for (const { reject } of this.queue.clear()) reject(new WorkerLost('the service is stopping'));
    for (const { process } of this.workers) process.stop();
  }

  private submit(
    urgency: Urgency,
    load: Job['load'],
  ): { readonly value: Promise<Value | undefined>; readonly job: Job } {
    const { promise, resolve, reject } = Promise.withResolvers<Value | undefined>();
    const job: Job = { load, resolve, reject, urgency, losses: 0 };
    this.queue.push(job, urgency);
    this.assign();
    return { value: promise, job };
  }

  private assign(): void {
    for (const { process, takes } of this.workers) {
      if (this.isStopping || this.busy.has(process)) continue;
      const job = this.queue.take(takes);
      if (!job) continue;
      this.busy.add(process);
      void this.work(process, job).finally(() => {
        this.busy.delete(process);
        this.assign();
      });
    }
  }

  private async work(process: WorkerProcess, job: Job): Promise<void> {
    try {
      const task = await job.load();
      if (!task) return job.resolve(undefined);
      const answer = await process.run(task).catch((error: unknown) => {
        this.tasks.labels(task.kind, 'lost').inc();
        throw error;
      });
      this.tasks.labels(task.kind, answer.kind).inc();
      if (answer.kind === 'done') return job.resolve(answer.value);
      job.reject(refusal('images.unreadable', { detail: answer.reason }));
    } catch (error) {
      if (error instanceof WorkerLost && !this.isStopping) return this.retry(job, error);
      job.reject(error);
    }
  }

  /** A worker may be lost to the machine's lack of memory; a picture that ends two of them is at fault. */
  private retry(job: Job, error: WorkerLost): void {
    job.losses += 1;
    this.logger.warn({ err: error, losses: job.losses }, 'a picture worker was lost');
    if (job.losses < maxLosses) return this.queue.push(job, job.urgency);
    job.reject(refusal('images.unreadable', { detail: 'reading it took too much time or memory' }));
  }
}
