import type { Topic } from '@hemline/contracts';
import type { Database } from '@hemline/postgres';

/** Rows in one DELETE, so that no lock is held for long. */
const batch = 5000;
/** The newest event of each key is looked for among all of a partition's. */
const statementTimeout = '60s';

/** Deletes what a topic no longer keeps; resolves with how many events that were. */
export const sweep = async (database: Database, name: string, topic: Topic): Promise<number> => {
  let swept = 0;
  for (let partition = 0; partition < topic.partitions; partition += 1) {
    for (let deleted = batch; deleted === batch; swept += deleted)
      deleted = await sweepBatch(database, { topic: name, partition, ...topic });
  }
  return swept;
};

type Partition = Pick<Topic, 'keeps' | 'retentionDays'> & {
  readonly topic: string;
  readonly partition: number;
};

const sweepBatch = (database: Database, of: Partition): Promise<number> =>
  database.transaction(async (tx) => {
    await tx.query({ text: `set local statement_timeout = '${statementTimeout}'` });
    const { rowCount } = await tx.query({
      name: `event_log.sweep_${of.keeps}`,
      text: statements[of.keeps],
      values: [of.topic, of.partition, of.retentionDays, batch],
    });
    return rowCount ?? 0;
  });

const old = `written_at < now() - make_interval(days => $3)`;
const ofPartition = `topic = $1 and partition = $2`;

/** Of JSON that is nested more than some 15 000 deep PostgreSQL does not say that it is none: it fails. */
const maxDepth = 10_000;

/** Zero where none can be read. Each level of nesting has a bracket of its own. */
const version = `
  case when length(event) - length(translate(event, '[{', '')) <= ${maxDepth}
      and pg_input_is_valid(event, 'jsonb')
    then coalesce(substring(event::jsonb ->> 'version' from '^[0-9]{1,9}$')::int, 0)
    else 0 end`;

const statements: Readonly<Record<Topic['keeps'], string>> = {
  all: `
    delete from event_log where ctid = any (array(
      select ctid from event_log where ${ofPartition} and ${old} limit $4))`,
  // The newest by its version: an older one may come last, by a relay that was stopped and woke, or by a
  // send that was given up and arrived. Without an index by key, which every publisher would pay for:
  // this runs once an hour, and reads those events alone whose key has more than one.
  'last-of-each-key': `
    with candidates as (
      select key from event_log where ${ofPartition}
      group by key having count(*) > 1 and bool_or(${old})
    ), ranked as (
      select e.ctid, written_at,
        row_number() over (partition by key order by ${version} desc, "offset" desc) as n
      from event_log e join candidates using (key) where ${ofPartition}
    )
    delete from event_log where ctid = any (array(
      select ctid from ranked where ${old} and n > 1 limit $4))`,
};
