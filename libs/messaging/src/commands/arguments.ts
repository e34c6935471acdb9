import { parseArgs } from 'node:util';
import { type TopicName, topics } from '@hemline/contracts';
import { Refusal } from './refusal.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'lag' | 'dead-letters'; readonly isJson: boolean }
  | { readonly kind: 'show'; readonly id: string; readonly isJson: boolean }
  | { readonly kind: 'resend'; readonly id: string; readonly isJson: boolean }
  | {
      readonly kind: 'replay';
      readonly group: string;
      readonly from: 'earliest' | Date;
      readonly isJson: boolean;
    }
  | {
      readonly kind: 'tail';
      readonly topic: TopicName;
      readonly from: 'earliest' | 'latest' | Date;
      readonly isJson: boolean;
    };

export const usage = (name: string, options: readonly string[] = []): string =>
  [help(name), ...options.map((line) => `  ${line}`)].join('\n');

const help = (name: string): string => `Usage: ${name} COMMAND [--json]

  lag                        how many events each app is behind, and what is parked
  dead-letters               events that could not be applied, and why
  show ID                    one of them, whole
  resend ID                  applies it again, and what waited behind it, in order
  replay GROUP --from 0      makes the copies of a stopped app anew from the first event
  replay GROUP --from TIME   reads again what was told since, such as 2026-11-24T12:00:00Z
  tail TOPIC [--from 0]      prints events as they are told, until Ctrl-C

  --json                     for scripts: one JSON document, or a line of JSON for each event`;

const kinds = ['lag', 'dead-letters', 'show', 'resend', 'replay', 'tail'] as const;
type Kind = (typeof kinds)[number];

/** Throws a `Refusal` that says what is wrong with the command line. */
export const parseCommand = (args: readonly string[]): Command => {
  const { values, positionals } = parse(args);
  const [word, operand, ...others] = positionals;
  if (values.help || word === 'help') return { kind: 'help' };
  const kind = kinds.find((known) => known === word);
  if (!kind)
    throw wrong(
      word ? `There is no command "${word}"; there are ${kinds.join(', ')}.` : 'Name a command.',
    );
  if (others.length > 0) throw wrong(`"${others[0]}" is not expected after ${kind}.`);
  if (values.from !== undefined && kind !== 'replay' && kind !== 'tail')
    throw wrong(`--from does not go with ${kind}.`);
  return toCommand(kind, { operand, from: values.from, isJson: values.json ?? false });
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean' }, from: { type: 'string' } },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
};

type Given = {
  readonly operand: string | undefined;
  readonly from: string | undefined;
  readonly isJson: boolean;
};

const toCommand = (kind: Kind, { operand, from, isJson }: Given): Command => {
  if (kind === 'lag' || kind === 'dead-letters') {
    if (operand) throw wrong(`"${operand}" is not expected after ${kind}.`);
    return { kind, isJson };
  }
  if (kind === 'show' || kind === 'resend') {
    if (!operand) throw wrong(`${kind} needs the ID of a dead letter, as "dead-letters" lists it.`);
    return { kind, id: operand, isJson };
  }
  if (kind === 'replay') {
    if (!operand) throw wrong('replay needs a GROUP, which is the name of an app.');
    if (from === undefined) throw wrong('replay needs --from: 0, or a time.');
    return { kind, group: operand, from: toPosition(from), isJson };
  }
  if (!operand) throw wrong(`tail needs a TOPIC: ${topicNames.join(', ')}.`);
  const topic = topicNames.find((name) => name === operand);
  if (!topic)
    throw new Refusal(`There is no topic "${operand}"; there are ${topicNames.join(', ')}.`);
  return { kind, topic, from: from === undefined ? 'latest' : toPosition(from), isJson };
};

const topicNames = Object.keys(topics).sort() as TopicName[];

const toPosition = (from: string): 'earliest' | Date => {
  if (from === '0') return 'earliest';
  const time = /^\d{4}-\d{2}-\d{2}/.test(from) ? new Date(from) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw wrong(`--from must be 0, or a time such as 2026-11-24T12:00:00Z, not "${from}".`);
};

const wrong = (sentence: string): Refusal => new Refusal(sentence, 2);
