import type { Connection } from './connection.ts';
import * as letters from './dead-letters.store.ts';
import { Refusal } from './refusal.ts';
import { type Terminal, dim, plural, printJson, printTable, toAge } from './terminal.ts';

/** Rows of one list. Whoever has more has another problem than reading them. */
const listed = 500;

type Output = Terminal & { readonly isJson: boolean };

export const reportLag = async (
  connections: readonly Connection[],
  { out, isJson }: Output,
): Promise<void> => {
  const groups = (await Promise.all(connections.map(lagOf))).filter(
    ({ topics }) => topics.length > 0,
  );
  if (isJson) return printJson(out, { groups });
  if (groups.length === 0) return void out.write('No app has read any event yet.\n');
  printTable(
    out,
    ['GROUP', 'TOPIC', 'BEHIND', 'PARKED KEYS', 'MEMBERS'],
    groups.flatMap(({ group, members, topics }) =>
      topics.map(({ topic, behind, parked }) => [group, topic, behind, parked, members]),
    ),
  );
};

const lagOf = async ({ app, database, transport }: Connection) => {
  const [lag, members, parked] = await Promise.all([
    transport.lag(app),
    transport.members(app),
    letters.countParked(database),
  ]);
  const topics = Object.entries(lag)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([topic, behind]) => ({ topic, behind, parked: parked[topic] ?? 0 }));
  return { group: app, members, topics };
};

export const reportDeadLetters = async (
  connections: readonly Connection[],
  { out, err, isJson }: Output,
): Promise<void> => {
  const found = await Promise.all(
    connections.map(async ({ app, database }) => ({
      app,
      letters: await letters.findAll(database, listed),
    })),
  );
  const all = found.flatMap((each) => each.letters.map((letter) => toShown(each.app, letter)));
  if (isJson) return printJson(out, { deadLetters: all });
  if (all.length === 0) return void out.write('There are no dead letters.\n');
  const now = new Date();
  printTable(
    out,
    ['ID', 'TOPIC', 'KEY', 'VERSION', 'AGE', 'ITS KEY', 'REASON'],
    all.map((letter) => [
      letter.id,
      letter.topic,
      letter.key,
      letter.version ?? '?',
      toAge(letter.diedAt, now),
      letter.isParked ? 'is parked' : 'flows',
      letter.reason,
    ]),
  );
  if (found.some((each) => each.letters.length === listed))
    err.write(`Of each app the oldest ${listed} are listed; there may be more.\n`);
};

/** Ids are an app's own, so they carry its name. */
const toShown = (app: string, { id, value, ...letter }: letters.DeadLetter) => ({
  id: `${app}-${id}`,
  app,
  ...letter,
  event: toEvent(value),
});

/** What is no JSON is shown as the text that it is. */
const toEvent = (value: string): unknown => {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
};

export const reportDeadLetter = async (
  connections: readonly Connection[],
  id: string,
  { out, isJson }: Output,
): Promise<void> => {
  const { app, letter } = await findDeadLetter(connections, id);
  const { event, ...about } = toShown(app, letter);
  if (isJson) return printJson(out, { ...about, event });
  const lines = [
    ['app', app],
    ['topic', letter.topic],
    ['key', `${letter.key} (${letter.isParked ? 'parked: later events wait' : 'flows'})`],
    ['died', `${letter.diedAt.toISOString()} (${toAge(letter.diedAt, new Date())} ago)`],
    ['reason', letter.reason],
  ] as const;
  for (const [name, text] of lines) out.write(`${dim(name.padEnd(8), out)}${text}\n`);
  out.write(`\n${typeof event === 'string' ? event : JSON.stringify(event, null, 2)}\n`);
};

type Found = { readonly app: string; readonly letter: letters.DeadLetter };

/** By an id such as `cart-12`; by `12` alone where there is one app. */
export const findDeadLetter = async (
  connections: readonly Connection[],
  id: string,
): Promise<Found> => {
  const { app, number } = /^(?:(?<app>[a-z-]+)-)?(?<number>\d{1,9})$/.exec(id)?.groups ?? {};
  const only = connections.length === 1 ? connections[0] : undefined;
  const connection = app === undefined ? only : connections.find((each) => each.app === app);
  const letter = connection && number && (await letters.find(connection.database, Number(number)));
  if (connection && letter) return { app: connection.app, letter };
  throw new Refusal(`There is no dead letter "${id}"; ${await tellOfThose(connections)}.`);
};

const tellOfThose = async (connections: readonly Connection[]): Promise<string> => {
  const some = 8;
  const found = await Promise.all(
    connections.map(async ({ app, database }) =>
      (await letters.findAll(database, some + 1)).map(({ id }) => `${app}-${id}`),
    ),
  );
  const ids = found.flat();
  if (ids.length === 0) return 'there are none';
  const named = ids.slice(0, some).join(', ');
  return ids.length > some ? `there are ${named} and more` : `there are ${named}`;
};

export const tellOfDeadLetters = (n: number): string =>
  n === 0 ? '' : ` ${plural(n, 'event')} could not be applied; see dead-letters.`;
