import { sum } from './numbers.ts';

/** What payments asks of its database for an order, from the counts of `pg_stat_statements`. */

export type Call = { readonly text: string; readonly calls: number };

export type PerOrder = {
  /** Of the money protocol: what an order needs on its way to `paid`, BEGIN and COMMIT counted. */
  readonly statements: number;
  readonly commits: number;
  /** What the relay, the webhooks and the driver's looks add; many orders share each of them. */
  readonly besideStatements: number;
  readonly calls: readonly { readonly what: string; readonly perOrder: number }[];
};

/** The steps of an order, by words that no other statement of payments has. */
const protocol = [
  { what: 'T1 and T3: place', words: /insert into idempotency_keys/, commits: 1 },
  { what: 'lock the order', words: /where o\.id = \$1 for update$/, commits: 0 },
  { what: 'T4: authorise', words: /authorized_at = now\(\)/, commits: 0 },
  { what: 'T5: capture', words: /captured_minor = amount_minor/, commits: 0 },
  { what: 'begin', words: /^begin$/, commits: 0 },
  { what: 'commit', words: /^commit$/, commits: 1 },
] as const;

const shown = 60;

export const toPerOrder = (calls: readonly Call[], orders: number): PerOrder => {
  const lines = calls.map(({ text, calls: n }) => {
    const plain = text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
    const step = protocol.find(({ words }) => words.test(plain));
    const perOrder = n / orders;
    return { what: step?.what ?? plain.slice(0, shown), perOrder, commits: step?.commits };
  });
  const own = lines.filter(({ commits }) => commits !== undefined);
  const beside = lines.filter(({ commits }) => commits === undefined);
  return {
    statements: sum(own.map(({ perOrder }) => perOrder)),
    commits: sum(own.map(({ perOrder, commits = 0 }) => perOrder * commits)),
    besideStatements: sum(beside.map(({ perOrder }) => perOrder)),
    calls: [...own, ...beside].map(({ what, perOrder }) => ({ what, perOrder })),
  };
};
