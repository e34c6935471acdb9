import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../infra/local/src/postgres/provision.ts';
import type { Fact } from './line.ts';
import { readScheduled, type Groups } from './machine.ts';
import { sum } from './numbers.ts';

/** What the platform costs while nobody comes: relays, readers, sweepers and drivers that look for work. */

const seconds = 20;
const polling = ['catalog', 'cart', 'payments', 'images'] as const;

export const benchIdle = async (groups: Groups, adminUrl: string): Promise<Fact[]> => {
  // The launcher has started all the others, so that their time would count as its own too.
  const { launcher: _, ...withoutLauncher } = groups;
  const counted = await withClient(adminUrl, async (admin) => {
    await admin.query('select pg_stat_statements_reset()');
    const before = await readScheduled(withoutLauncher);
    await sleep(seconds * 1000);
    const after = await readScheduled(withoutLauncher);
    const { rows } = await admin.query<{ app: string; statements: number }>(
      `select r.rolname as app, sum(s.calls)::int as statements
       from pg_stat_statements s join pg_roles r on r.oid = s.userid
       where r.rolname <> 'postgres' group by 1 order by 2 desc`,
    );
    return { before, after, rows };
  });
  const { before, after, rows } = counted;
  const perSecond = rows.map(({ app, statements }) => ({ app, n: statements / seconds }));
  const shares = Object.fromEntries(
    Object.entries(after).map(([app, ms]) => [
      app,
      ((ms - (before[app] ?? 0)) / (seconds * 1000)) * 100,
    ]),
  );
  const statements = sum(perSecond.map(({ n }) => n));
  // The storefront looks for nothing: what it costs is what any service does.
  const pollers = sum(polling.map((app) => (shares[app] ?? 0) - (shares['web'] ?? 0)));
  const polled = pollers + (shares['postgres'] ?? 0);
  return [
    {
      name: 'statements while idle',
      value: statements,
      unit: 'a second',
      target: { text: '< 20', reached: statements < 20 },
      notes: [perSecond.map(({ app, n }) => `${app} ${n.toFixed(1)}`).join(', ')],
    },
    {
      name: 'looking for work while idle, of one core',
      value: polled,
      unit: '%',
      target: { text: '< 2 %', reached: polled < 2 },
      notes: [
        'services that poll, less what the storefront costs, which does not; and PostgreSQL',
        Object.entries(shares)
          .map(([app, share]) => `${app} ${share.toFixed(2)}`)
          .join(', '),
      ],
    },
  ];
};
