import { describe, expect, it } from '@jest/globals';
import { toPerOrder } from './statements.ts';

describe('statements an order', () => {
  it('are split into those of the protocol and those that orders share', () => {
    const perOrder = toPerOrder(
      [
        { text: 'with claim as (\n  insert into idempotency_keys as k …', calls: 100 },
        { text: 'select o.id from orders o\n where o.id = $1 for update', calls: 200 },
        { text: 'begin', calls: 200 },
        { text: 'commit', calls: 200 },
        { text: 'delete from outbox where id = any($1::bigint[])', calls: 10 },
      ],
      100,
    );
    expect(perOrder).toMatchObject({ statements: 7, commits: 3, besideStatements: 0.1 });
    expect(perOrder.calls.at(-1)?.what).toContain('delete from outbox');
  });
});
