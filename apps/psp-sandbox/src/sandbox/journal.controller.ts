import { Readable } from 'node:stream';
import { Documented } from '@hemline/http';
import { Controller, Get, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { AccountService } from '../account/account.service.ts';
import type { EffectRecord, JournalRecord } from '../journal/record.ts';
import { LocalGuard } from './local.guard.ts';

const journalQuery = z.strictObject({
  /** Only effects after this one. */
  after: z.coerce.number().int().min(0).default(0),
});

const toLine = (effect: EffectRecord, at: number): string => {
  const { intent, charge, refund, dispute } = effect.put;
  const subject = dispute ?? refund ?? intent;
  const metadata = refund?.metadata ?? intent?.metadata ?? charge?.metadata ?? {};
  return `${JSON.stringify({
    seq: effect.seq,
    at: new Date(at).toISOString(),
    kind: effect.kind,
    object: subject?.id,
    amount: effect.amount,
    currency: subject?.currency,
    metadata,
  })}\n`;
};

async function* linesAfter(
  records: AsyncGenerator<JournalRecord>,
  after: number,
): AsyncGenerator<string> {
  let text = '';
  for await (const record of records) {
    if (record.type !== 'commit') continue;
    for (const effect of record.effects) if (effect.seq > after) text += toLine(effect, record.at);
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

@Controller('_sandbox/journal')
@UseGuards(LocalGuard)
export class JournalController {
  constructor(private readonly accounts: AccountService) {}

  @Get()
  @Documented({
    summary: 'What really took effect, in order, one JSON object a line',
    responses: {
      200: 'application/x-ndjson: { seq, at, kind, object, amount, currency, metadata }',
    },
  })
  async read(
    @Query({ schema: journalQuery }) { after }: z.infer<typeof journalQuery>,
  ): Promise<StreamableFile> {
    await this.accounts.settled();
    const lines = linesAfter(this.accounts.records(), after);
    return new StreamableFile(Readable.from(lines, { objectMode: false }), {
      type: 'application/x-ndjson',
    });
  }
}
