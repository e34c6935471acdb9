import type { Database, Queryable } from '@hemline/postgres';
import { GroupRunning, type Position } from './transport.ts';

// Groups of readers as the log keeps them: where each stands in each partition, and who holds it.

export type Partition = { readonly topic: string; readonly partition: number };

/** A member that was not heard of for so long has lost its partitions. */
export const sessionSeconds = 10;

/** A member lives while its session in the database does, and while it is heard of. */
const isAlive = (alias: string, seconds: string): string => `
  ${alias}.seen_at >= now() - make_interval(secs => ${seconds})
  and exists (
    select from pg_stat_activity a where a.pid = ${alias}.backend_pid and a.usename = current_user)`;

export const lag = async (db: Queryable, group: string): Promise<Record<string, number>> => {
  const { rows } = await db.query<{ topic: string; lag: number }>({
    name: 'group.lag',
    text: `select g.topic, sum(coalesce(p.next_offset, 0) - g.next_offset)::int as lag
           from group_partitions g left join log_partitions p using (topic, partition)
           where g.group_name = $1 group by g.topic order by g.topic`,
    values: [group],
  });
  return Object.fromEntries(rows.map(({ topic, lag: behind }) => [topic, behind]));
};

export const members = async (db: Queryable, group: string): Promise<number> => {
  const { rows } = await db.query<{ n: number }>({
    name: 'group.members',
    text: `select count(*)::int as n from group_members m
           where m.group_name = $1 and ${isAlive('m', '$2')}`,
    values: [group, sessionSeconds],
  });
  return rows[0]?.n ?? 0;
};

export type Seek = {
  readonly group: string;
  readonly partitions: readonly Partition[];
  readonly to: Position;
};

/** Only partitions that nobody holds are moved: if that is not all of them, none is. */
export const seek = (database: Database, { group, partitions, to }: Seek): Promise<void> =>
  database.transaction(async (tx) => {
    if ((await members(tx, group)) > 0) throw new GroupRunning(group);
    const topics = partitions.map(({ topic }) => topic);
    const numbers = partitions.map(({ partition }) => partition);
    await tx.query({
      name: 'group.add_partitions',
      text: addPartitions,
      values: [group, topics, numbers, 'earliest', null],
    });
    const { rowCount } = await tx.query({
      name: 'group.seek',
      text: `update group_partitions g set next_offset = p.place, member_id = null
             from (${places('$2', '$3', '$4', '$5')}) p
             where g.group_name = $1 and g.topic = p.topic and g.partition = p.partition
               and not exists (select from group_members m
                 where m.group_name = $1 and m.member_id = g.member_id and ${isAlive('m', '$6')})`,
      values: [group, topics, numbers, ...place(to), sessionSeconds],
    });
    if (rowCount !== partitions.length) throw new GroupRunning(group);
  });

export const forget = async (db: Queryable, group: string): Promise<void> => {
  await db.query({
    name: 'group.forget',
    text: `with gone as (delete from group_members where group_name = $1)
           delete from group_partitions where group_name = $1`,
    values: [group],
  });
};

/**
 * Forgets groups with a name of their own (`app.name`, as a tail has) that were killed before they could:
 * no member of theirs was heard of for a day. An app's own group stands for its copies, and stays.
 */
export const forgetKilled = async (db: Queryable, app: string): Promise<void> => {
  await db.query({
    name: 'group.forget_killed',
    text: `with killed as (
             select group_name from group_members where starts_with(group_name, $1 || '.')
             group by group_name having max(seen_at) < now() - interval '1 day'
           ), gone as (
             delete from group_members m using killed k where m.group_name = k.group_name
           )
           delete from group_partitions g using killed k where g.group_name = k.group_name`,
    values: [app],
  });
};

/** The parameters that name a position: what it is, and its time if it is one. */
export const place = (to: Position): [kind: string, time: Date | null] =>
  to instanceof Date ? ['time', to] : [to, null];

/** The offset of a position in each partition. */
const places = (topics: string, numbers: string, kind: string, time: string): string => `
  select p.topic, p.partition, coalesce(
    case ${kind}::text
      when 'earliest' then (select min("offset") from event_log e
        where e.topic = p.topic and e.partition = p.partition)
      when 'time' then (select min("offset") from event_log e
        where e.topic = p.topic and e.partition = p.partition and e.written_at >= ${time}::timestamptz)
    end,
    (select next_offset from log_partitions l where l.topic = p.topic and l.partition = p.partition),
    0) as place
  from unnest(${topics}::text[], ${numbers}::int[]) as p (topic, partition)`;

/** Gives a group a place in partitions where it has none. */
export const addPartitions = `
  insert into group_partitions (group_name, topic, partition, next_offset)
  select $1, topic, partition, place from (${places('$2', '$3', '$4', '$5')}) as p
  on conflict do nothing`;
