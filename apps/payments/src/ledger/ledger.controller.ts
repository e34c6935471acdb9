import { StaffOnly } from '@hemline/auth';
import { Documented } from '@hemline/http';
import { moneySchema } from '@hemline/money';
import { Database } from '@hemline/postgres';
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import * as store from './ledger.store.ts';

const balances = z.object({
  /** Per currency, the sum of all accounts: zero, or the books are wrong. */
  trialBalance: z.array(moneySchema),
  accounts: z.array(z.object({ account: z.string(), kind: z.string(), balance: moneySchema })),
});

const transfers = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      kind: z.string(),
      sourceId: z.string(),
      orderId: z.uuid().nullable(),
      postedAt: z.iso.datetime(),
      /** Debits are positive, credits negative. */
      entries: z.array(z.object({ account: z.string(), amount: moneySchema })),
    }),
  ),
});
const transfersQuery = z.strictObject({ orderId: z.uuid() });

const reconciliation = z.object({
  /** Per currency, what the open breaks amount to; empty if nothing is unexplained. */
  unexplained: z.array(moneySchema),
  breaks: z.array(
    z.object({
      kind: z.string(),
      providerReference: z.string(),
      orderId: z.uuid().nullable(),
      amount: moneySchema.nullable(),
      note: z.string(),
      openedAt: z.iso.datetime(),
    }),
  ),
  oldestOpen: z.iso.datetime().nullable(),
  /** When books and provider were last matched as a whole; null, as that is not built yet. */
  lastRunAt: z.iso.datetime().nullable(),
});

const sumByCurrency = (
  amounts: readonly { readonly currency: string; readonly amount: bigint }[],
): z.infer<typeof moneySchema>[] => {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of amounts) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  }
  return [...sums].map(([currency, amount]) => ({ amount: amount.toString(), currency }));
};

const maxBreaks = 1000;

@Controller()
export class LedgerController {
  constructor(private readonly database: Database) {}

  @Get('ledger/balances')
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'The trial balance: every account per currency',
    bearer: 'staff',
    responses: { 200: balances },
  })
  async balances(): Promise<z.infer<typeof balances>> {
    const rows = await store.listBalances(this.database);
    return {
      trialBalance: sumByCurrency(
        rows.map(({ currency, balance }) => ({ currency, amount: balance })),
      ),
      accounts: rows.map(({ account, kind, currency, balance }) => ({
        account,
        kind,
        balance: { amount: balance.toString(), currency },
      })),
    };
  }

  @Get('ledger/transfers')
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'What was posted for an order, entry by entry',
    bearer: 'staff',
    responses: { 200: transfers },
  })
  async transfers(
    @Query({ schema: transfersQuery }) { orderId }: z.infer<typeof transfersQuery>,
  ): Promise<z.infer<typeof transfers>> {
    const rows = await store.listTransfers(this.database, orderId);
    return {
      items: rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        sourceId: row.source_id,
        orderId: row.order_id,
        postedAt: row.posted_at.toISOString(),
        entries: row.entries.map(({ account, amount, currency }) => ({
          account,
          amount: { amount, currency },
        })),
      })),
    };
  }

  @Get('reconciliation')
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'What the provider and the books do not agree on',
    bearer: 'staff',
    responses: { 200: reconciliation },
  })
  async reconciliation(): Promise<z.infer<typeof reconciliation>> {
    const breaks = await store.listOpenBreaks(this.database, maxBreaks);
    return {
      unexplained: sumByCurrency(
        breaks.flatMap(({ currency, amount_minor: amount }) =>
          currency === null ? [] : [{ currency, amount }],
        ),
      ),
      breaks: breaks.map((row) => ({
        kind: row.kind,
        providerReference: row.psp_ref,
        orderId: row.order_id,
        amount:
          row.currency === null
            ? null
            : { amount: row.amount_minor.toString(), currency: row.currency },
        note: row.note,
        openedAt: row.opened_at.toISOString(),
      })),
      oldestOpen: breaks[0]?.opened_at.toISOString() ?? null,
      lastRunAt: null,
    };
  }
}
