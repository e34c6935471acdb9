import { StaffOnly } from '@hemline/auth';
import { Documented } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import * as store from './staff-actions.store.ts';

const query = z.strictObject({
  orderId: z.uuid().optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const actions = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      at: z.iso.datetime(),
      actor: z.string(),
      role: z.string(),
      action: z.string(),
      orderId: z.uuid(),
      detail: z.record(z.string(), z.unknown()),
      hash: z.string(),
    }),
  ),
  /** Of the whole record: numbers of rows that are not what they were, or that follow one that is gone. */
  faults: z.array(z.int()),
});

@Controller('staff-actions')
export class StaffActionsController {
  constructor(private readonly database: Database) {}

  @Get()
  @StaffOnly('admin')
  @Documented({
    summary: 'What staff did with money, and whether the record of it was touched',
    bearer: 'staff',
    responses: { 200: actions },
  })
  async list(
    @Query({ schema: query }) wanted: z.infer<typeof query>,
  ): Promise<z.infer<typeof actions>> {
    return {
      items: await store.list(this.database, wanted),
      faults: await store.listFaults(this.database),
    };
  }
}
