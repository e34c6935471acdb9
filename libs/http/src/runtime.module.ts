import { type Logger, type MetricsRegistry } from '@hemline/telemetry';
import { type DynamicModule, Global, Module } from '@nestjs/common';

/** Injection tokens of what every provider may ask for: a pino logger, the metrics registry. */
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');

@Global()
@Module({})
export class RuntimeModule {
  static with(logger: Logger, metrics: MetricsRegistry, app: DynamicModule): DynamicModule {
    return {
      module: RuntimeModule,
      imports: [app],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useValue: metrics },
      ],
      exports: [LOGGER, METRICS],
    };
  }
}
