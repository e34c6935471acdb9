import { createRequire } from 'node:module';
import type { Logger } from '@hemline/telemetry';
import kafkajs, { type LogEntry } from 'kafkajs';

// What becomes of the library's own log.

/** What is said goes through the service's log, never to the console. */
export type Said = Pick<Logger, 'debug' | 'warn'>;

/** The same complaint of the library is repeated after so long; until then only for debugging. */
const quietMs = 60_000;

/**
 * A cluster that is well says these while it gets going or shares out partitions anew, and the library
 * asks again. It tells them by their text alone.
 */
const passingTypes = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'REBALANCE_IN_PROGRESS',
]);
/** What is said again and again for longer does not pass. */
const passesMs = 15_000;
/** It is said at least once in so long, if it goes on. */
const pauseMs = 10_000;

type ErrorCode = { readonly type: string; readonly message: string };
const { errorCodes } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  readonly errorCodes: readonly ErrorCode[];
};
const passing = new Set(
  errorCodes.filter(({ type }) => passingTypes.has(type)).map(({ message }) => message),
);

/** Its errors are warnings here, as whoever made the call tries again, and says so if it gives up. */
export const tellTo = (
  logger: Said,
  now: () => number = Date.now,
): ((entry: Pick<LogEntry, 'level' | 'namespace' | 'log'>) => void) => {
  const saidAt = new Map<string, number>();
  const lasts = rows(now);
  return ({ level, namespace, log }) => {
    const said = `kafka ${namespace}: ${log.message}`;
    const reason = typeof log['error'] === 'string' ? log['error'] : undefined;
    const details = {
      ...(reason === undefined ? {} : { reason }),
      ...(typeof log['groupId'] === 'string' ? { group: log['groupId'] } : {}),
    };
    const isNew = now() - (saidAt.get(said) ?? 0) > quietMs;
    const passes = reason !== undefined && passing.has(reason) && !lasts(reason);
    if (level > kafkajs.logLevel.WARN || !isNew || passes) {
      logger.debug(details, said);
      return;
    }
    if (saidAt.size > 100) saidAt.clear();
    saidAt.set(said, now());
    logger.warn(details, said);
  };
};

/** Whether something is said for so long that it will not pass by itself. */
const rows = (now: () => number): ((reason: string) => boolean) => {
  const said = new Map<string, { readonly firstAt: number; readonly lastAt: number }>();
  return (reason) => {
    const before = said.get(reason);
    const goesOn = before !== undefined && now() - before.lastAt <= pauseMs;
    const firstAt = goesOn ? before.firstAt : now();
    said.set(reason, { firstAt, lastAt: now() });
    return now() - firstAt > passesMs;
  };
};
