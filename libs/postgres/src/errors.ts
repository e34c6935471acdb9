import type { DatabaseError } from 'pg';

/** No connection came free in time, or the database cannot be reached: 503, try again. */
export class DatabaseBusy extends Error {
  readonly statusCode = 503;

  constructor(cause: unknown) {
    super('the database has no connection to spare', { cause });
    this.name = 'DatabaseBusy';
  }
}

/** The connection was lost during COMMIT: the transaction may or may not be durable. */
export class CommitUnknown extends Error {
  readonly statusCode = 503;

  constructor(cause: unknown) {
    super('the connection was lost during COMMIT', { cause });
    this.name = 'CommitUnknown';
  }
}

/** By its code alone: Node's own errors are of another class where a test runner has its own globals. */
const hasCode = (error: unknown, codes: readonly string[]): error is DatabaseError =>
  codes.includes((error as { code?: string } | null | undefined)?.code ?? '');

export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  hasCode(error, ['23505']) && (constraint === undefined || error.constraint === constraint);

export const isCheckViolation = (error: unknown, constraint?: string): boolean =>
  hasCode(error, ['23514']) && (constraint === undefined || error.constraint === constraint);

/** Serialisation failure, deadlock, lock time-out: nothing happened, the whole may be tried again. */
export const isRetryable = (error: unknown): boolean => hasCode(error, ['40001', '40P01', '55P03']);

const lostCodes = [
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08003',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
];

/** True if the server or the wire went away, so that the answer to the last statement is unknown. */
export const isConnectionLost = (error: unknown): boolean =>
  hasCode(error, lostCodes) ||
  (error instanceof Error &&
    /^Connection terminated|^Client has encountered a connection error|^Query read timeout/.test(
      error.message,
    ));

/** Nothing is known against the work that failed: the database was away, or too busy to begin it. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof DatabaseBusy || error instanceof CommitUnknown || isConnectionLost(error);
