import { randomUUID } from 'node:crypto';
import type { Logger } from '@hemline/telemetry';
import type { AccountService } from '../account/account.service.ts';
import { settleRefund } from '../account/refunds.ts';

const everyMs = 500;

/** Lets slow refunds arrive, or fail, when their time has come; also those of before a restart. */
export class RefundSettler {
  private readonly timer: NodeJS.Timeout;
  private readonly accounts: AccountService;
  private readonly logger: Logger;

  constructor(accounts: AccountService, logger: Logger) {
    this.accounts = accounts;
    this.logger = logger;
    this.timer = setInterval(() => void this.settleDue(), everyMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async settleDue(): Promise<void> {
    const now = this.accounts.now();
    for (const id of this.accounts.account.unsettled) {
      const settles = this.accounts.account.refunds.find(id)?.settles;
      if (!settles || settles.at > now) continue;
      const origin = { requestId: `req_${randomUUID()}`, key: null, expand: [] };
      try {
        await this.accounts.commit(settleRefund(id, settles.status), origin);
      } catch (error) {
        this.logger.error({ err: error, refund: id }, 'a refund could not be settled');
      }
    }
  }
}
