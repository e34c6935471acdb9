import type { catalogApi } from '@hemline/contracts';
import { LOGGER, type Logger } from '@hemline/telemetry';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CatalogClient } from '../clients/catalog.client.ts';

const refreshMs = 30_000;
/** Until there is a first answer, as catalog may start after this process. */
const impatientMs = 1_000;

/** The departments of the menu, fetched beside the requests, so that no page waits for them. */
@Injectable()
export class CategoryMenu implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopped = new AbortController();
  private items: readonly catalogApi.Category[] = [];

  constructor(
    private readonly catalog: CatalogClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get categories(): readonly catalogApi.Category[] {
    return this.items;
  }

  onApplicationBootstrap(): void {
    void this.keepFresh();
  }

  onApplicationShutdown(): void {
    this.stopped.abort();
  }

  private async keepFresh(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      try {
        this.items = toDepartments(await this.catalog.categories());
      } catch (error) {
        this.logger.debug({ err: error }, 'the menu keeps its old departments');
      }
      const pauseMs = this.items.length > 0 ? refreshMs : impatientMs;
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Fewer roots than this are no menu: then what is below them is. */
const enoughRoots = 4;

/** What shoppers know as departments: the tree's roots, or their branches where those are few. */
export const toDepartments = (roots: readonly catalogApi.Category[]): catalogApi.Category[] => {
  const filled = roots.filter(({ count }) => count > 0);
  if (filled.length >= enoughRoots) return filled;
  return filled
    .flatMap((root) => (root.children.length > 0 ? root.children : [root]))
    .filter(({ count }) => count > 0);
};
