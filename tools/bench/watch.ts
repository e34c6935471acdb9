import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withDatabase } from '../../infra/local/src/postgres/provision.ts';
import { toPerOrder, type Call, type PerOrder } from './statements.ts';

const patienceMs = 30_000;

/** What is still on its way: payments, their events, and the provider's webhooks. */
const countOpen = `
  select (select count(*) from payments where next_action_at is not null)
    + (select count(*) from psp_events where processed_at is null)
    + (select count(*) from outbox) as n`;

/** Looks at payments' database as its administrator does. */
export class PaymentsWatch {
  private readonly payments: pg.Client;
  private readonly admin: pg.Client;
  private paidBefore = 0;

  private constructor(adminUrl: string) {
    this.admin = new pg.Client({ connectionString: adminUrl });
    this.payments = new pg.Client({ connectionString: withDatabase(adminUrl, 'payments') });
  }

  static async open(adminUrl: string): Promise<PaymentsWatch> {
    const watch = new PaymentsWatch(adminUrl);
    await Promise.all([watch.admin.connect(), watch.payments.connect()]);
    return watch;
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.end(), this.payments.end()]);
  }

  /** Resolves when every order is at its end and has told so. */
  async settle(): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const open = await this.count(countOpen);
      if (open === 0) return;
      if (performance.now() > deadline) throw new Error(`${open} payments or events do not end`);
      await sleep(50);
    }
  }

  async begin(): Promise<void> {
    this.paidBefore = await this.countPaid();
    await this.admin.query('select pg_stat_statements_reset()');
  }

  async end(): Promise<PerOrder> {
    const { rows } = await this.admin.query<Call>(
      `select s.query as text, sum(s.calls)::int as calls
       from pg_stat_statements s
       join pg_roles r on r.oid = s.userid and r.rolname = 'payments'
       join pg_database d on d.oid = s.dbid and d.datname = 'payments'
       group by s.query order by calls desc`,
    );
    return toPerOrder(rows, (await this.countPaid()) - this.paidBefore);
  }

  private countPaid(): Promise<number> {
    return this.count(`select count(*) as n from orders where status = 'paid'`);
  }

  private async count(sql: string): Promise<number> {
    const { rows } = await this.payments.query<{ n: string }>(sql);
    return Number(rows[0]?.n ?? 0);
  }
}
