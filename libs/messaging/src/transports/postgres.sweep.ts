import type { Topic } from '@hemline/contracts';
import type { Database } from '@hemline/postgres';

/** Rows in one DELETE, so that no lock is held for long. */
const batch = 5000;
/** The last event of each key is looked for among all of a partition's. */
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

const old = `topic = $1 and partition = $2 and written_at < now() - make_interval(days => $3)`;

const statements: Readonly<Record<Topic['keeps'], string>> = {
  all: `
    delete from event_log where ctid = any (array(
      select ctid from event_log where ${old} limit $4))`,
  // Without an index by key, which every publisher would pay for: this runs once an hour.
  'last-of-each-key': `
    with last as (
      select key, max("offset") as "offset" from event_log
      where topic = $1 and partition = $2 group by key
    )
    delete from event_log where ctid = any (array(
      select e.ctid from event_log e join last l using (key)
      where ${old} and e."offset" < l."offset" limit $4))`,
};
