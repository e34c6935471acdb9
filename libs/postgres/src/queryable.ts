import type { QueryResult, QueryResultRow } from 'pg';

/** SQL with parameters only. A named query is prepared once on each connection. */
export type Query = {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
};

export interface Queryable {
  query<Row extends QueryResultRow = QueryResultRow>(query: Query): Promise<QueryResult<Row>>;
}

export interface Transaction extends Queryable {
  /** Runs once the transaction is durable, and not at all if it is rolled back. */
  afterCommit(work: () => void): void;
}
