export { Database, type DatabaseOptions, postgresModule } from './database.ts';
export {
  CommitUnknown,
  DatabaseBusy,
  isCheckViolation,
  isConnectionLost,
  isUnavailable,
  isUniqueViolation,
} from './errors.ts';
export { migrate } from './migrate.ts';
export type { Query, Queryable, Transaction } from './queryable.ts';
export { repeatable } from './repeat.ts';
export { parseTypes } from './types.ts';
