import {
  Controller,
  UseFilters,
  UseGuards,
  UseInterceptors,
  applyDecorators,
} from '@nestjs/common';
import { ExchangeInterceptor } from './exchange.interceptor.ts';
import { SecretKeyGuard } from './secret-key.guard.ts';
import { StripeErrorFilter } from './stripe-error.filter.ts';

/** What every controller of Stripe's API has: its key, its way through faults and keys, its errors. */
export const V1Controller = (path: string): ClassDecorator =>
  applyDecorators(
    Controller(`v1/${path}`),
    UseGuards(SecretKeyGuard),
    UseInterceptors(ExchangeInterceptor),
    UseFilters(StripeErrorFilter),
  );

/** For `@Documented`: a POST may carry a key. */
export const idempotencyKey = {
  headers: { 'Idempotency-Key': { description: 'As at Stripe: 1 to 255 characters' } },
};
