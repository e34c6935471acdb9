import { StaffOnly } from '@hemline/auth';
import { paymentsApi } from '@hemline/contracts';
import { Documented, DomainError } from '@hemline/http';
import { Outbox } from '@hemline/messaging';
import { Database, isCheckViolation, repeatable } from '@hemline/postgres';
import { activeTraceparent } from '@hemline/telemetry';
import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import * as store from './stock.store.ts';

const { sku } = paymentsApi.stock.shape;
const stockQuery = z.strictObject({
  sku: z.union([z.array(sku).min(1).max(100), sku.transform((one) => [one])]),
});

@Controller('stock')
export class StockController {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  @Get()
  @Documented({
    summary: 'What there is of each sku; skus that are not known are left out',
    responses: { 200: paymentsApi.stockList },
  })
  async list(
    @Query({ schema: stockQuery }) query: z.infer<typeof stockQuery>,
  ): Promise<z.infer<typeof paymentsApi.stockList>> {
    const items = await store.list(this.database, query.sku);
    return { ...(query.sku.length === 1 && items[0]), items };
  }

  @Put(':sku')
  @StaffOnly('admin', 'support')
  @Documented({
    summary: 'Sets what is on hand of a sku, and makes the sku known',
    bearer: 'staff',
    responses: { 200: paymentsApi.stock },
    problems: ['stock.below_committed', 'auth.required', 'auth.forbidden'],
  })
  async set(
    @Param('sku', { schema: sku }) name: string,
    @Body({ schema: paymentsApi.setStock }) { onHand }: paymentsApi.SetStock,
  ): Promise<paymentsApi.Stock> {
    try {
      const wanted = { sku: name, onHand, traceparent: activeTraceparent() };
      const stock = await repeatable(() => store.setOnHand(this.database, wanted));
      this.outbox.wake();
      return stock;
    } catch (error) {
      if (!isCheckViolation(error, 'stock_committed_check')) throw error;
      const [stock] = await store.list(this.database, [name]);
      throw new DomainError('stock.below_committed', {
        detail: `${stock?.held} are held and ${stock?.allocated} allocated, which is more than ${onHand}`,
        ...(stock && { held: stock.held, allocated: stock.allocated }),
      });
    }
  }
}
