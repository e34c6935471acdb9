import { setMaxListeners } from 'node:events';
import type { DynamicModule } from '@nestjs/common';
import { GroupRunning, type Transport } from '../transports/transport.ts';
import { commandLogger, connect } from './connection.ts';
import * as letters from './dead-letters.store.ts';
import { type Offline, openOffline } from './offline.ts';
import { Refusal } from './refusal.ts';
import { type Projections, replay } from './replay.ts';
import { tellOfDeadLetters } from './reports.ts';
import { resend } from './resend.ts';
import { type OwnCodeCommand, type Place, runEvents } from './run.ts';
import { Progress, type Terminal, plural, printJson } from './terminal.ts';

export type AppOfEvents = {
  readonly app: string;
  readonly projections: Projections;
  readonly module: (env: NodeJS.ProcessEnv) => DynamicModule;
};

const interrupted = 130;

/** The entry `events.ts` of an app: all commands for this app alone, by its own environment. */
export const runAppEvents = async (options: AppOfEvents): Promise<void> => {
  // oxlint-disable-next-line node/no-process-env -- the one place where the environment enters
  const { env } = process;
  await runAsProcess({ name: 'node dist/events.js', args: process.argv.slice(2) }, (here) => ({
    open: async () => [connect(options.app, env, commandLogger(here.err))],
    byOwnCode: (_app, command) => runByOwnCode(options, command, { ...here, env }),
  }));
};

type OpenPlace = (
  here: Terminal & { readonly signal: AbortSignal },
) => Pick<Place, 'open' | 'byOwnCode'>;

type Typed = {
  /** As the command is typed. */
  readonly name: string;
  readonly args: readonly string[];
  /** Lines of help for options that `args` has no more. */
  readonly options?: readonly string[];
};

/** One command, as the process that this is. */
export const runAsProcess = async (typed: Typed, open: OpenPlace): Promise<void> => {
  const { stdout: out, stderr: err } = process;
  const { signal } = stopOnSignals();
  // Whoever reads us, such as `head`, may have had enough.
  out.on('error', () => process.exit());
  const here = { out, err, signal };
  process.exitCode = await runEvents(typed.args, { ...typed, ...here, ...open(here) });
  // What a library left open must not keep a finished command.
  setTimeout(() => process.exit(), 1000).unref();
};

/** The first one ends what is in hand; the second one ends us, as it always would. */
const stopOnSignals = (): AbortController => {
  const stopping = new AbortController();
  setMaxListeners(50, stopping.signal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => stopping.abort());
  return stopping;
};

type Here = Terminal & { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal };

const runByOwnCode = async (
  options: AppOfEvents,
  command: OwnCodeCommand,
  here: Here,
): Promise<number> => {
  if (command.kind === 'replay' && Object.keys(options.projections).length === 0)
    throw new Refusal(`${options.app} keeps no copies that could be made again.`);
  const app = await openOffline(options.module(here.env), commandLogger(here.err));
  try {
    return command.kind === 'resend'
      ? await runResend(app, { ...command, app: options.app }, here)
      : await runReplay(app, options, command, here);
  } finally {
    await app.close();
  }
};

type Resend = Extract<OwnCodeCommand, { readonly kind: 'resend' }>;

const runResend = async (
  { server, database }: Offline,
  { id, isJson, app }: Resend & { readonly app: string },
  { out }: Here,
): Promise<number> => {
  const letter = await letters.find(database, Number(id));
  if (!letter) throw new Refusal(`There is no dead letter "${id}" any more.`);
  const { topic, key, applied, dropped, left } = await resend(server, database, letter);
  const stillDead = left.map(({ id: each, reason }) => ({ id: `${app}-${each}`, reason }));
  if (isJson) {
    printJson(out, { topic, key, applied, dropped, left: stillDead });
  } else {
    const also = dropped === 0 ? '' : `, ${dropped} not needed any more`;
    out.write(`${plural(applied, 'event')} of ${topic} ${key} applied${also}.\n`);
    if (left.length === 0) out.write('Its key flows again.\n');
    for (const each of stillDead) out.write(`${each.id} is still dead: ${each.reason}\n`);
  }
  return left.length === 0 ? 0 : 1;
};

type Replay = Extract<OwnCodeCommand, { readonly kind: 'replay' }>;

const runReplay = async (
  { server, database }: Offline,
  { app, projections }: AppOfEvents,
  { from, isJson }: Replay,
  { out, err, signal }: Here,
): Promise<number> => {
  const startedAt = performance.now();
  const progress = new Progress(err);
  const result = await replay({
    group: app,
    server,
    database,
    transport: server.unwrap<Transport>(),
    projections,
    from,
    signal,
    onProgress: (done, total) => progress.show(done, total),
  })
    .catch((error: unknown) => {
      throw error instanceof GroupRunning ? stillRunning(app) : error;
    })
    .finally(() => progress.end());
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  if (isJson) {
    printJson(out, { ...result, seconds });
  } else {
    for (const topic of result.cut)
      out.write(`The beginning of ${topic} is not kept any more, so copies of it lack that.\n`);
    const { events, topics, deadLetters } = result;
    const how = result.isWhole ? 'applied' : 'applied, and then it was stopped';
    out.write(
      `${plural(events, 'event')} of ${topics.join(', ')} ${how} (${seconds} s).` +
        `${tellOfDeadLetters(deadLetters)}\n`,
    );
    if (!result.isWhole)
      out.write(`Run it again, or start ${app}, which goes on where this ended.\n`);
  }
  return result.isWhole ? 0 : interrupted;
};

const stillRunning = (app: string): Refusal =>
  new Refusal(
    `The group ${app} is running. Stop its service first; where "npm start" runs it, start the ` +
      `others alone by "npm start -- --without ${app}".`,
  );
