import { type Envelope, envelopeSchema, events, maxEventBytes } from '@hemline/contracts';
import type { Message } from './transports/transport.ts';

/** Why an event cannot be applied, whoever tries and however often. */
export type PoisonKind = 'malformed' | 'misplaced' | 'too_new' | 'too_large';

export class Poison extends Error {
  constructor(
    readonly kind: PoisonKind,
    message: string,
  ) {
    super(message);
  }
}

const definitions = new Map(Object.values(events).map((event) => [event.type, event]));

/**
 * A log writes what it was given with some white space, and an envelope around it: so much more than
 * a writer may say, a reader must take.
 */
const maxMessageBytes = 2 * maxEventBytes;

const nameAndMajor = (type: string): [name: string, major: number] => {
  const dot = type.lastIndexOf('.v');
  return [type.slice(0, dot), Number(type.slice(dot + 2))];
};

/** What a reader takes: topics that it signed up for, and the newest major version of each name. */
export class Decoder {
  private readonly topics: ReadonlySet<string>;
  private readonly newest = new Map<string, number>();

  constructor(topics: readonly string[], handledTypes: Iterable<string>) {
    this.topics = new Set(topics);
    for (const type of handledTypes) {
      const [name, major] = nameAndMajor(type);
      this.newest.set(name, Math.max(major, this.newest.get(name) ?? 0));
    }
  }

  /** The event of a message; throws `Poison` if it is none, or not one for us. */
  decode({ topic, key, value }: Message): Envelope {
    if (!this.topics.has(topic))
      throw new Poison('misplaced', `${topic} is not a topic that is read here`);
    const event = envelopeOf(value);
    if (event.subject !== key) throw new Poison('misplaced', 'its subject is not its key');
    const definition = definitions.get(event.type);
    if (!definition) return this.refuseNewer(event);
    if (definition.topic !== topic)
      throw new Poison('misplaced', `${event.type} belongs on ${definition.topic}`);
    const data = definition.schema.safeParse(event.data);
    if (data.success) return { ...event, data: data.data };
    const issue = data.error.issues[0];
    throw new Poison(
      'malformed',
      `not a ${event.type}: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }

  /**
   * A fact that nobody here follows is passed over. One that is followed, told in a way that is newer
   * than this version of the app, is not: its state here would be wrong from then on.
   */
  private refuseNewer(event: Envelope): Envelope {
    const [name, major] = nameAndMajor(event.type);
    const newest = this.newest.get(name);
    if (newest === undefined || major <= newest) return event;
    throw new Poison(
      'too_new',
      `${event.type} is newer than version ${newest}, which is read here`,
    );
  }
}

const envelopeOf = (value: string): Envelope => {
  const bytes = Buffer.byteLength(value);
  if (bytes > maxMessageBytes)
    throw new Poison('too_large', `${bytes} bytes, and ${maxMessageBytes} at most are read`);
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new Poison('malformed', 'not JSON');
  }
  const envelope = envelopeSchema.safeParse(json);
  if (envelope.success) return envelope.data as Envelope;
  throw new Poison('malformed', `not an event: ${envelope.error.issues[0]?.message}`);
};
