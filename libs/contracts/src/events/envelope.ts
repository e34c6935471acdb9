import { z } from 'zod';

/**
 * A CloudEvents-shaped fact. `version` counts 1, 2, 3… within one subject (aggregate), so that a
 * reader can tell a duplicate from a gap. `time` is the owner's commit time, from its database.
 */
export type Envelope<Data = unknown> = {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly version: number;
  readonly dataschema: string;
  readonly traceparent?: string;
  readonly data: Data;
};

export const envelopeSchema = z.object({
  id: z.uuid(),
  type: z.string().regex(/^[a-z-]+\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*$/),
  source: z.string(),
  subject: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  version: z.int().positive(),
  dataschema: z.string(),
  traceparent: z.string().optional(),
  data: z.unknown(),
});

/** One type of event: its name, the topic that it belongs to, and the schema of its data. */
export type EventDefinition<Schema extends z.ZodType = z.ZodType> = {
  readonly type: string;
  readonly topic: string;
  readonly schema: Schema;
};

export const defineEvent = <Schema extends z.ZodType>(
  type: string,
  topic: string,
  schema: Schema,
): EventDefinition<Schema> => ({ type, topic, schema });
