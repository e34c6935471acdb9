import { Documented } from '@hemline/http';
import { Body, Controller, Delete, Get, Put, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { LocalGuard } from '../sandbox/local.guard.ts';
import { Faults } from './faults.ts';
import { noFaults, planSchema } from './plan.ts';

const report = { 200: 'The plan in force, its seed, and how often each fault has struck' };

@Controller('_sandbox/faults')
@UseGuards(LocalGuard)
export class FaultsController {
  constructor(private readonly faults: Faults) {}

  @Get()
  @Documented({ summary: 'Shows the faults in force', responses: report })
  show(): object {
    return this.faults.report();
  }

  @Put()
  @Documented({ summary: 'Puts faults in force, in place of all earlier ones', responses: report })
  set(@Body({ schema: planSchema }) plan: z.infer<typeof planSchema>): object {
    this.faults.set(plan);
    return this.faults.report();
  }

  @Delete()
  @Documented({ summary: 'Ends all faults', responses: report })
  clear(): object {
    const last = this.faults.report();
    this.faults.set(noFaults);
    return last;
  }
}
