import {
  type EventDefinition,
  type Topic,
  envelopeSchema,
  events,
  topics,
} from '@hemline/contracts';
import { z } from 'zod';
import type { Schema } from '../compatibility.ts';

// What is published of the events, made from the very schemas that readers parse them with.

const definitions: readonly EventDefinition[] = Object.values(events).sort((a, b) =>
  a.type < b.type ? -1 : 1,
);

/** As a reader takes it: what it knows is checked, what it does not know is let through. */
const toJsonSchema = (schema: z.ZodType, target: 'draft-7' | 'draft-2020-12'): Schema =>
  z.toJSONSchema(schema, { io: 'input', target }) as Schema;

const published = (name: string, schema: z.ZodType, more: Schema): Schema => {
  const { $schema, ...rest } = toJsonSchema(schema, 'draft-2020-12');
  return { $schema, $id: `urn:hemline:event:${name}`, title: name, ...more, ...rest };
};

/** Name → JSON Schema of each event's data, and of the envelope that all of them have. */
export const toSchemas = (): Readonly<Record<string, Schema>> =>
  Object.fromEntries([
    ...definitions.map(({ type, topic, schema }) => [
      type,
      published(type, schema, { 'x-topic': topic }),
    ]),
    ['envelope', published('envelope', envelopeSchema, {})],
  ]);

const ref = (to: string): Schema => ({ $ref: `#/${to}` });
const dayMs = 24 * 60 * 60 * 1000;

/** In words, and in the names that Kafka has for it. */
const toRetention = ({ keeps, retentionDays }: Topic): { told: string; kafka: Schema } =>
  keeps === 'all'
    ? {
        told: `Kept for ${retentionDays} days`,
        kafka: { 'cleanup.policy': ['delete'], 'retention.ms': retentionDays * dayMs },
      }
    : {
        told: `The last of each subject is kept for ever, earlier ones for ${retentionDays} days`,
        kafka: { 'cleanup.policy': ['compact'] },
      };

const toChannel = (topic: keyof typeof topics): Schema => {
  const { partitions } = topics[topic];
  const { told, kafka } = toRetention(topics[topic]);
  const types = definitions.filter((event) => event.topic === topic).map(({ type }) => type);
  const owner = topic.split('.')[0] ?? '';
  return {
    address: topic,
    description: `Only ${owner} tells here, in order per subject. ${told}.`,
    messages: Object.fromEntries(types.map((type) => [type, ref(`components/messages/${type}`)])),
    bindings: {
      kafka: {
        topic,
        partitions,
        topicConfiguration: kafka,
        bindingVersion: '0.5.0',
      },
    },
  };
};

/** The envelope is the JSON text of the message itself; nothing is said in headers alone. */
const toMessage = ({ type, schema }: EventDefinition): Schema => ({
  name: type,
  title: type,
  summary: schema.description,
  contentType: 'application/json',
  payload: {
    allOf: [
      ref('components/schemas/envelope'),
      {
        type: 'object',
        properties: {
          type: { const: type },
          dataschema: { const: `urn:hemline:event:${type}` },
          data: ref(`components/schemas/${type}`),
        },
      },
    ],
  },
  bindings: {
    kafka: {
      key: { type: 'string', description: 'The subject of the event' },
      bindingVersion: '0.5.0',
    },
  },
});

/** AsyncAPI speaks the JSON Schema of draft 7 where nothing else is said. */
const toComponent = (schema: z.ZodType): Schema => {
  const { $schema: _dialect, ...rest } = toJsonSchema(schema, 'draft-7');
  return rest;
};

export const toAsyncApi = (): Schema => {
  const names = (Object.keys(topics) as (keyof typeof topics)[]).sort();
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hemline events',
      version: '1.0.0',
      description:
        'Every fact that one app tells the others: at least once, in order per subject. A type never changes so that a reader of the release before or after could not take it; such a change is a new type.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(names.map((topic) => [topic, toChannel(topic)])),
    components: {
      messages: Object.fromEntries(definitions.map((event) => [event.type, toMessage(event)])),
      schemas: Object.fromEntries([
        ['envelope', toComponent(envelopeSchema)],
        ...definitions.map(({ type, schema }) => [type, toComponent(schema)]),
      ]),
    },
  };
};
