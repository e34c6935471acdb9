import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { LOGGER, type Logger } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { AssetsStore, type UnpreparedAsset } from '../assets/assets.store.ts';
import { DerivativesService } from './derivatives.service.ts';
import { derivativesOfStage, stageCount } from './derivative.ts';

const pauseMs = 2000;

/**
 * Makes derivatives in advance, one at a time, all pictures through one stage before any through the
 * next. How far each is stands in its row and in the store, so that a restart goes on where this left
 * off. Two instances on one database may make the same picture; the bytes are equal, and one is kept.
 */
@Injectable()
export class Preparer {
  private readonly stopping = new AbortController();
  private wakeUp = Promise.withResolvers<void>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly assets: AssetsStore,
    private readonly derivatives: DerivativesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Ends after the derivative in hand; workers are stopped later than this. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  /** There may be something to do. */
  wake(): void {
    this.wakeUp.resolve();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wakeUp = Promise.withResolvers();
      try {
        const next = await this.assets.findUnprepared(this.database);
        await (next ? this.prepare(next) : this.wakeUp.promise);
      } catch (err) {
        this.logger.warn({ err }, 'pictures are not prepared for now');
        await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => {});
      }
    }
  }

  private async prepare({ id, width, stage }: UnpreparedAsset): Promise<void> {
    try {
      for (const derivative of derivativesOfStage(id, width, stage)) {
        if (this.stopping.signal.aborted) return;
        await this.derivatives.prepare(derivative);
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.error({ err: error, image: id }, 'a picture could not be prepared');
      await this.assets.recordFailure(this.database, id);
      return;
    }
    await this.assets.completeStage(this.database, id, stage, stage + 1 === stageCount);
  }
}
