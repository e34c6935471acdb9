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
  source: z.string().describe('The app that tells it'),
  subject: z.string().min(1).describe('Id of the aggregate; also the key'),
  time: z.iso.datetime({ offset: true }).describe('When the fact was committed at its owner'),
  version: z.int().positive().describe('1, 2, 3… within one subject'),
  dataschema: z.string(),
  traceparent: z.string().optional(),
  data: z.unknown(),
});

/**
 * The data of one event, as JSON in UTF-8, at most: half of what a broker takes in one message, so that
 * an envelope and white space never make it too large to be told.
 */
export const maxEventBytes = 512 * 1024;

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

/**
 * Values to which later ones may be added: a reader takes those that it does not know for `unknown`.
 * Without such a rule a list of values is final, and a new value needs a new type of event.
 */
export const openEnum = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  unknown: Values[number],
) =>
  z
    .string()
    .transform((value): Values[number] => values.find((known) => known === value) ?? unknown)
    .meta({ enum: values, 'x-unknown': unknown });
