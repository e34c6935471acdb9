import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Envelope, envelopeSchema } from './envelope.ts';
import * as events from './events.ts';

// Events as they were told, of every type ever published. Lines are added, never changed: the log
// and whoever replays it still have them.
const folder = join(import.meta.dirname, '../../golden');
const corpora = readdirSync(folder).sort();
const definitions = new Map(Object.values(events).map((event) => [event.type, event]));

const linesOf = (file: string): string[] =>
  readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');

/** Reads a line as a consumer does, and gives what its handler would get. */
const read = (line: string): Envelope => {
  const envelope = envelopeSchema.parse(JSON.parse(line));
  const definition = definitions.get(envelope.type);
  if (!definition) throw new Error(`nobody reads ${envelope.type}`);
  return { ...envelope, data: definition.schema.parse(envelope.data) } as Envelope;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** As a later release would write it: a field more in each object. Money alone has two, for ever. */
const withMore = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(withMore);
  const fields = Object.entries(value).map(([name, part]) => [name, withMore(part)] as const);
  if (Object.keys(value).join() === 'amount,currency') return value;
  return { ...Object.fromEntries(fields), addedLater: 'x' };
};

describe('events of every version ever published', () => {
  it('are kept for each type', () => {
    expect(corpora).toEqual([...definitions.keys()].sort().map((type) => `${type}.jsonl`));
  });

  describe.each(corpora)('%s', (file) => {
    it('has more than one example, each of this type', () => {
      const types = linesOf(file).map((line) => (JSON.parse(line) as Envelope).type);
      expect(types.length).toBeGreaterThan(1);
      expect(new Set(types)).toEqual(new Set([file.slice(0, -'.jsonl'.length)]));
    });

    it('is read, and nothing of it is lost or altered', () => {
      for (const line of linesOf(file)) expect(read(line)).toEqual(JSON.parse(line));
    });

    it('is read as told by a later release, with fields that are not known yet', () => {
      for (const line of linesOf(file)) {
        const later = JSON.stringify(withMore(JSON.parse(line)));
        expect(later).toContain('addedLater');
        expect(read(later)).toMatchObject(JSON.parse(line) as object);
      }
    });
  });
});
