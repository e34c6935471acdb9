import { withClient } from '../../infra/local/src/postgres/provision.ts';

/**
 * The floor under the way of an event: the same rows, in one database, by one statement for each 200
 * events, in one session that waits for nobody.
 */

const batchSize = 200;

/** Applies all that is in the outbox, and answers with how much that was. */
export const applyOutbox = (url: string): Promise<number> =>
  withClient(url, async (client) => {
    for (let applied = 0; ;) {
      const { rowCount } = await client.query({
        name: 'floor.apply',
        text: apply,
        values: [batchSize],
      });
      if (!rowCount) return applied;
      applied += rowCount;
    }
  });

const apply = `
  with taken as (
    delete from outbox where id in (select id from outbox order by id limit $1) returning *
  ), place as (
    insert into log_partitions as p (topic, partition, next_offset)
    select 'payments.stock', 0, count(*) from taken having count(*) > 0
    on conflict (topic, partition) do update set next_offset = p.next_offset + excluded.next_offset
    returning p.next_offset
  ), logged as (
    insert into event_log (topic, partition, "offset", key, event)
    select topic, 0, place.next_offset - row_number() over (order by id desc), aggregate_id,
      jsonb_build_object('id', event_id, 'type', type, 'source', 'payments', 'subject', aggregate_id,
        'time', occurred_at, 'version', aggregate_version, 'dataschema', type, 'data', data)::text
    from taken, place
  ), claimed as (
    insert into inbox (event_id) select event_id from taken on conflict do nothing
  ), last as (
    select distinct on (aggregate_id) * from taken order by aggregate_id, id desc
  ), moved as (
    insert into aggregate_cursors (topic, aggregate_id, version)
    select topic, aggregate_id, aggregate_version from last
    on conflict (topic, aggregate_id) do update set version = excluded.version
  ), copied as (
    insert into stock_copies (sku, available, as_of)
    select aggregate_id, (data->>'available')::int, occurred_at from last
    on conflict (sku) do update set available = excluded.available, as_of = excluded.as_of
  )
  select from taken`;
