import { Database } from '@hemline/postgres';
import { LOGGER, type Logger } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';

const hourMs = 3_600_000;

/** Forgets carts that nobody touched for 90 days, and answers kept for retries after three. */
@Injectable()
export class CartsSweeper {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = (): void => {
      this.sweep().catch((err: unknown) => this.logger.warn({ err }, 'old carts were not swept'));
    };
    this.timer = setInterval(sweep, hourMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    await this.database.query({
      name: 'carts.sweep',
      text: `delete from carts where id in (
               select id from carts where updated_at < now() - interval '90 days' limit 10000)`,
    });
    await this.database.query({
      name: 'line_requests.sweep',
      text: `delete from line_requests where (cart_id, key) in (
               select cart_id, key from line_requests
               where requested_at < now() - interval '72 hours' limit 10000)`,
    });
  }
}
