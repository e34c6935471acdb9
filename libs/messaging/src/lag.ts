import { Gauge, type MetricsRegistry } from '@hemline/telemetry';
import type { Transport } from './transports/transport.ts';
import { within } from './within.ts';

type Options = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly transport: Pick<Transport, 'lag'>;
  readonly metrics: MetricsRegistry;
  /** How long the log may take to say it. */
  readonly patienceMs?: number;
};

/**
 * Events that a group has not read yet, asked of the log when somebody looks. While the log does not
 * answer, the last numbers stand, and no other metric waits for them.
 */
export const exportLag = ({
  group,
  topics,
  transport,
  metrics,
  patienceMs = 1000,
}: Options): void => {
  let asked: Promise<void> | undefined;
  const gauge = new Gauge({
    name: 'events_behind',
    help: 'Events between where this group stands and the end of each topic',
    labelNames: ['topic'],
    registers: [metrics],
    collect: async () => {
      asked ??= transport
        .lag(group)
        .then((lag) => topics.forEach((topic) => gauge.set({ topic }, lag[topic] ?? 0)))
        .catch(() => {})
        .finally(() => (asked = undefined));
      await within(patienceMs, asked).catch(() => {});
    },
  });
};
