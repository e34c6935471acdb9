import { parseCommand, usage, type Command } from './arguments.ts';
import type { Connection } from './connection.ts';
import { findDeadLetter, reportDeadLetter, reportDeadLetters, reportLag } from './reports.ts';
import { Refusal } from './refusal.ts';
import { tail } from './tail.ts';
import type { Terminal } from './terminal.ts';

/** Where commands are run: beside the whole platform, or in one app's container. */
export type Place = Terminal & {
  /** As the command is typed there. */
  readonly name: string;
  /** Lines of help for options that only this place has. */
  readonly options?: readonly string[];
  readonly open: () => Promise<readonly Connection[]>;
  /** Runs `resend` or `replay` by the handlers of that app; resolves with the exit code. */
  readonly byOwnCode: (app: string, command: OwnCodeCommand) => Promise<number>;
  readonly signal: AbortSignal;
};

export type OwnCodeCommand = Extract<Command, { readonly kind: 'resend' | 'replay' }>;

/** Resolves with the exit code: 1 for what was refused or failed, 2 for a wrong command line. */
export const runEvents = async (args: readonly string[], place: Place): Promise<number> => {
  try {
    const command = parseCommand(args);
    if (command.kind === 'help') {
      place.out.write(`${usage(place.name, place.options)}\n`);
      return 0;
    }
    const connections = await place.open();
    try {
      return await runCommand(command, connections, place);
    } finally {
      await Promise.all(connections.map((connection) => connection.close()));
    }
  } catch (error) {
    const { exitCode = 1, message } = error as Partial<Refusal> & Error;
    place.err.write(`${message}\n`);
    if (exitCode === 2) place.err.write(`\n${usage(place.name, place.options)}\n`);
    return exitCode;
  }
};

const runCommand = async (
  command: Exclude<Command, { readonly kind: 'help' }>,
  connections: readonly Connection[],
  place: Place,
): Promise<number> => {
  const output = { ...place, isJson: command.isJson };
  if (command.kind === 'replay')
    return place.byOwnCode(findGroup(connections, command.group), command);
  if (command.kind === 'resend') {
    const { app, letter } = await findDeadLetter(connections, command.id);
    return place.byOwnCode(app, { ...command, id: String(letter.id) });
  }
  if (command.kind === 'lag') await reportLag(connections, output);
  if (command.kind === 'dead-letters') await reportDeadLetters(connections, output);
  if (command.kind === 'show') await reportDeadLetter(connections, command.id, output);
  if (command.kind === 'tail')
    await tail(pickReader(connections, command.topic), { ...output, ...command });
  return 0;
};

const findGroup = (connections: readonly Connection[], group: string): string => {
  const apps = connections.map(({ app }) => app);
  if (apps.includes(group)) return group;
  throw new Refusal(
    `There is no group "${group}"; there ${apps.length === 1 ? 'is' : 'are'} ${apps.join(', ')}.`,
  );
};

/** Any app may read any topic; where its owner is at hand, that one does. */
const pickReader = (connections: readonly Connection[], topic: string): Connection => {
  const [first] = connections;
  const owner = connections.find(({ app }) => topic.startsWith(`${app}.`)) ?? first;
  if (!owner) throw new Refusal('No app is known that could read it.');
  return owner;
};
