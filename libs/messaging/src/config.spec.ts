import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@hemline/http';
import { z } from 'zod';
import { checkEvents, eventsConfigShape } from './config.ts';

const schema = checkEvents(z.object({ ...eventsConfigShape, PORT: z.coerce.number() }));
const read = (env: NodeJS.ProcessEnv): z.infer<typeof schema> =>
  readConfig('catalog', schema, { PORT: '1', ...env });

const url = 'postgres://catalog@127.0.0.1/events';

describe('the settings of events', () => {
  it('name PostgreSQL unless told otherwise', () => {
    expect(read({ EVENTS_DATABASE_URL: url }).EVENTS).toBe('postgres');
  });

  it('take several brokers, and need no database then', () => {
    expect(read({ EVENTS: 'kafka', KAFKA_BROKERS: 'a:9092, b:9092' }).KAFKA_BROKERS).toEqual([
      'a:9092',
      'b:9092',
    ]);
  });

  it.each([
    ['a transport that does not exist', { EVENTS: 'pigeons' }, /EVENTS: is not valid/],
    ['PostgreSQL without its database', {}, /EVENTS_DATABASE_URL: is missing/],
    ['Kafka without brokers', { EVENTS: 'kafka' }, /KAFKA_BROKERS: is missing/],
    ['brokers that are empty', { EVENTS: 'kafka', KAFKA_BROKERS: '' }, /KAFKA_BROKERS: is/],
    ['a broker without a port', { EVENTS: 'kafka', KAFKA_BROKERS: 'a' }, /KAFKA_BROKERS: is not/],
    [
      'a name without a password',
      { EVENTS: 'kafka', KAFKA_BROKERS: 'a:1', KAFKA_USERNAME: 'me' },
      /KAFKA_PASSWORD: is missing/,
    ],
  ])('refuse %s by name', (_, env, message) => {
    expect(() => read(env)).toThrow(message);
  });

  it('name a fault of theirs beside any other', () => {
    expect(() => read({ EVENTS: 'kafka', PORT: 'x' })).toThrow(/PORT[^]*KAFKA_BROKERS/);
  });
});
