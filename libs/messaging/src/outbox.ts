import { randomUUID } from 'node:crypto';
import { type EventDefinition, maxEventBytes } from '@hemline/contracts';
import type { Transaction } from '@hemline/postgres';
import { activeTraceparent } from '@hemline/telemetry';
import type { z } from 'zod';

/** A fact to tell. `version` is the aggregate's own, incremented under the lock of its row. */
export type NewEvent<Schema extends z.ZodType = z.ZodType> = {
  readonly definition: EventDefinition<Schema>;
  readonly subject: string;
  readonly version: number;
  readonly data: z.input<Schema>;
};

/**
 * SQL that inserts the events of a JSON parameter (see `outboxColumns`), to be one part of a larger
 * statement: `with …, told as (${outboxInsert('$5')}) …`.
 */
export const outboxInsert = (parameter: string): string => `
  insert into outbox (event_id, topic, aggregate_id, aggregate_version, type, data, traceparent)
  select e.event_id, e.topic, e.aggregate_id, e.aggregate_version, e.type, e.data, e.traceparent
  from jsonb_to_recordset(${parameter}::jsonb) as e (
    event_id uuid, topic text, aggregate_id text, aggregate_version int, type text, data jsonb, traceparent text)`;

/**
 * The fact as it is told. One that does not fit its schema is refused, and so is one that no log would
 * take: the change that it tells of fails, instead of every later fact waiting behind it.
 */
const toData = ({ definition, subject, data }: NewEvent): unknown => {
  const parsed: unknown = definition.schema.parse(data);
  const bytes = Buffer.byteLength(JSON.stringify(parsed));
  if (bytes > maxEventBytes)
    throw new Error(
      `${definition.type} of ${subject} has ${bytes} bytes, and ${maxEventBytes} at most can be told`,
    );
  return parsed;
};

/** The events as the JSON that `outboxInsert` takes. */
export const outboxColumns = (events: readonly NewEvent[]): string => {
  const traceparent = activeTraceparent();
  return JSON.stringify(
    events.map((event) => ({
      event_id: randomUUID(),
      topic: event.definition.topic,
      aggregate_id: event.subject,
      aggregate_version: event.version,
      type: event.definition.type,
      data: toData(event),
      traceparent,
    })),
  );
};

/** Facts are written beside the change that they tell of, in its transaction, or not at all. */
export class Outbox {
  private readonly listeners: (() => void)[] = [];

  async append(tx: Transaction, ...events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await tx.query({
      name: 'outbox.append',
      text: outboxInsert('$1'),
      values: [outboxColumns(events)],
    });
    tx.afterCommit(() => this.wake());
  }

  /** Tells the relay that something new is committed, so that it need not wait for its next look. */
  wake(): void {
    for (const listener of this.listeners) listener();
  }

  onWake(listener: () => void): void {
    this.listeners.push(listener);
  }
}
