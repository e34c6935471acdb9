import { LOGGER, type Logger, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { type DynamicModule, Global, Module } from '@nestjs/common';

/** What every provider of a service may ask for, wherever it stands. */
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
