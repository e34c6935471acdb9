import { Readable } from 'node:stream';
import { StaffOnly } from '@hemline/auth';
import { Documented, DomainError } from '@hemline/http';
import { moneySchema } from '@hemline/money';
import { Database } from '@hemline/postgres';
import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import * as store from './books.store.ts';
import { toHeader, toTransaction } from './hledger.ts';

const beginning: store.Place = { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
const transfersAPage = 500;

const journalQuery = z.strictObject({
  /** The first moment that is not in it any more; now if absent. */
  before: z.iso.datetime({ offset: true }).optional(),
});

/** A place as text that the caller hands back unread. */
const toCursor = ({ at, id }: store.Place): string =>
  Buffer.from(`${at}|${id}`).toString('base64url');
const cursorPattern =
  /^(\d{4,}-\d\d-\d\d[ 0-9:.+-]{8,30})\|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const cursor = z
  .string()
  .max(200)
  .transform((text, context): store.Place => {
    const [, at, id] = cursorPattern.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
    if (at !== undefined && id !== undefined) return { at, id };
    context.addIssue({ code: 'custom', message: 'is not one that was given out' });
    return z.NEVER;
  });

const statementQuery = z.strictObject({
  currency: moneySchema.shape.currency,
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: cursor.optional(),
});

const statement = z.object({
  account: z.string(),
  kind: z.string(),
  /** Before the first of the entries, and after the last. */
  opening: moneySchema,
  closing: moneySchema,
  entries: z.array(
    z.object({
      at: z.iso.datetime(),
      transferId: z.uuid(),
      kind: z.string(),
      sourceId: z.string(),
      orderId: z.uuid().nullable(),
      amount: moneySchema,
      balance: moneySchema,
    }),
  ),
  next: z.string().nullable(),
});

/** The books for those who audit them: whole, and account by account. */
@Controller('ledger')
export class BooksController {
  constructor(private readonly database: Database) {}

  @Get('journal')
  @StaffOnly('admin')
  @Documented({
    summary: 'All transfers, as a file that hledger reads',
    bearer: 'staff',
    responses: { 200: 'A journal of hledger (text/plain)' },
  })
  async journal(
    @Query({ schema: journalQuery }) { before }: z.infer<typeof journalQuery>,
  ): Promise<StreamableFile> {
    const end = before === undefined ? new Date() : new Date(before);
    const text = Readable.from(this.write(end), { objectMode: false });
    return new StreamableFile(text, {
      type: 'text/plain; charset=utf-8',
      disposition: 'attachment; filename="ledger.journal"',
    });
  }

  @Get('accounts/:account')
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'The statement of an account in one currency, oldest first',
    bearer: 'staff',
    responses: { 200: statement },
    problems: ['ledger.account_not_found'],
  })
  async statement(
    @Param('account', { schema: z.string().max(60) }) account: string,
    @Query({ schema: statementQuery }) query: z.infer<typeof statementQuery>,
  ): Promise<z.infer<typeof statement>> {
    const known = (await store.listAccounts(this.database)).find(({ id }) => id === account);
    if (!known) throw new DomainError('ledger.account_not_found');
    const { currency, limit, cursor: after = beginning } = query;
    const wanted = { account, currency, after };
    const opening = after === beginning ? 0n : await store.sumUntil(this.database, wanted);
    const rows = await store.listEntries(this.database, { ...wanted, limit });
    const money = (amount: bigint) => ({ amount: amount.toString(), currency });
    let balance = opening;
    const entries = rows.map((row) => {
      balance += row.amount;
      return {
        at: row.posted_at.toISOString(),
        transferId: row.transfer_id,
        kind: row.kind,
        sourceId: row.source_id,
        orderId: row.order_id,
        amount: money(row.amount),
        balance: money(balance),
      };
    });
    const last = rows.at(-1);
    const next =
      last && rows.length === limit ? { at: last.place, id: last.transfer_id } : undefined;
    return {
      account,
      kind: known.kind,
      opening: money(opening),
      closing: money(balance),
      entries,
      next: next ? toCursor(next) : null,
    };
  }

  /** A page at a time, so that no connection is held while the reader is slow. */
  private async *write(before: Date): AsyncGenerator<string> {
    const accounts = await store.listAccounts(this.database);
    const byId = new Map(accounts.map((account) => [account.id, account]));
    yield toHeader(accounts, await store.listCurrencies(this.database));
    let after: store.Place | undefined = beginning;
    while (after) {
      const page: Awaited<ReturnType<typeof store.listTransfersAfter>> =
        await store.listTransfersAfter(this.database, { after, before, limit: transfersAPage });
      yield page.transfers.map((transfer) => toTransaction(transfer, byId)).join('');
      after = page.transfers.length === transfersAPage ? page.last : undefined;
    }
  }
}
