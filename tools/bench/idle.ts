import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../infra/local/src/postgres/provision.ts';
import type { Fact } from './line.ts';
import { readCpu, type Groups } from './machine.ts';
import { sum } from './numbers.ts';

/** What the platform costs while nobody comes: relays, readers, sweepers and drivers that look for work. */

const seconds = 20;

export const benchIdle = async (groups: Groups, adminUrl: string): Promise<Fact[]> => {
  const counted = await withClient(adminUrl, async (admin) => {
    await admin.query('select pg_stat_statements_reset()');
    const before = await readCpu(groups);
    await sleep(seconds * 1000);
    const after = await readCpu(groups);
    const { rows } = await admin.query<{ app: string; statements: number }>(
      `select r.rolname as app, sum(s.calls)::int as statements
       from pg_stat_statements s join pg_roles r on r.oid = s.userid
       where r.rolname <> 'postgres' group by 1 order by 2 desc`,
    );
    return { before, after, rows };
  });
  const { before, after, rows } = counted;
  const perSecond = rows.map(({ app, statements }) => ({ app, n: statements / seconds }));
  const shares = Object.entries(after).map(
    ([app, ms]) => [app, ((ms - (before[app] ?? 0)) / (seconds * 1000)) * 100] as const,
  );
  const statements = sum(perSecond.map(({ n }) => n));
  const cpu = sum(shares.map(([, share]) => share));
  return [
    {
      name: 'statements while idle',
      value: statements,
      unit: 'a second',
      target: { text: '< 20', reached: statements < 20 },
      notes: [perSecond.map(({ app, n }) => `${app} ${n.toFixed(1)}`).join(', ')],
    },
    {
      name: 'CPU while idle, of one core',
      value: cpu,
      unit: '%',
      target: { text: '< 2 %', reached: cpu < 2 },
      notes: [shares.map(([app, share]) => `${app} ${share.toFixed(2)}`).join(', ')],
    },
  ];
};
