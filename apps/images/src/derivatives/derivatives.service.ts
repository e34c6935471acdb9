import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { IMAGE_STORE, type ImageStore } from '../storage/image-store.ts';
import type { Urgency } from '../workers/job-queue.ts';
import type { PictureSource } from '../workers/picture-task.ts';
import { type Derivation, PictureWorkers } from '../workers/picture-workers.ts';
import { type Derivative, derivativeKey, originalKey } from './derivative.ts';

export type Found = {
  /** What is really given: the JPEG of the same width where there was no time for what was asked. */
  readonly derivative: Derivative;
  readonly bytes: Buffer;
};

const maxHotBytes = 32 * 1024 * 1024;
/** With so many jobs waiting, about a quarter of a second of work, a JPEG is made instead. */
const longQueue = 8;

type Outcome = Buffer | 'no such original' | 'no time';

/** One derivative being found or made, for everybody who asks meanwhile. */
type Flight = {
  urgency: Urgency;
  derivation?: Derivation;
  outcome: Promise<Outcome>;
};

/** Derivatives, from memory, from the store, or made once for all who ask at the same time. */
@Injectable()
export class DerivativesService {
  private readonly hot = new LRUCache<string, Buffer>({
    maxSize: maxHotBytes,
    maxEntrySize: maxHotBytes / 16,
    sizeCalculation: ({ length }, key) => length + key.length,
  });
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly workers: PictureWorkers,
    @Inject(IMAGE_STORE) private readonly store: ImageStore,
  ) {}

  /** For someone who waits. Undefined if there is no such picture. */
  async find(derivative: Derivative): Promise<Found | undefined> {
    const key = derivativeKey(derivative);
    const isJpeg = derivative.format === 'jpeg';
    const outcome = this.hot.get(key) ?? (await this.join(derivative, isJpeg ? 'now' : 'soon'));
    if (outcome === 'no time') return this.find({ ...derivative, format: 'jpeg' });
    if (outcome === 'no such original') return undefined;
    this.hot.set(key, outcome);
    return { derivative, bytes: outcome };
  }

  /** Makes in advance what is not there. */
  async prepare(derivative: Derivative): Promise<void> {
    if (!(await this.store.has(derivativeKey(derivative)))) await this.join(derivative, 'later');
  }

  private join(derivative: Derivative, urgency: Urgency): Promise<Outcome> {
    const key = derivativeKey(derivative);
    const running = this.flights.get(key);
    if (running) {
      if (running.urgency === 'later') running.urgency = urgency;
      running.derivation?.hasten(urgency);
      return running.outcome;
    }
    const flight: Flight = { urgency, outcome: Promise.resolve('no time') };
    flight.outcome = this.obtain(flight, derivative).finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight.outcome;
  }

  private async obtain(flight: Flight, derivative: Derivative): Promise<Outcome> {
    const key = derivativeKey(derivative);
    const kept = await this.store.get(key);
    if (kept) return kept;
    if (flight.urgency === 'soon' && this.workers.pressing >= longQueue) return 'no time';
    const original = originalKey(derivative.id);
    const locate = (): Promise<PictureSource | undefined> => this.store.locate(original);
    flight.derivation = this.workers.derive(locate, derivative, flight.urgency);
    const made = await flight.derivation.bytes;
    if (!made) return 'no such original';
    await this.store.put(key, made, `image/${derivative.format}`);
    return made;
  }
}
