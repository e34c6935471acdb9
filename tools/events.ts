import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { toPaths } from '../infra/local/src/folder/data-folder.ts';
import type { State } from '../infra/local/src/folder/state.ts';
import { findHolder } from '../infra/local/src/process/lock.ts';
import { Refusal } from '../infra/local/src/refusal.ts';
import { dataApps, type DataApp } from '../infra/local/src/topology.ts';

/**
 * `npm run events -- lag | dead-letters | show ID | resend ID | replay GROUP --from 0 | tail TOPIC`:
 * asks the shop that is open on this machine, as each app would ask its own database and log. What needs
 * an app's handlers is done by its own `events.js`, which an app's container has too.
 */
const home = resolve(import.meta.dirname, '..');
const built = (path: string): string => join(home, path);
const toWord = (from: 'earliest' | Date): string =>
  from === 'earliest' ? '0' : from.toISOString();
const dataOption = '--data DIR                 the folder of the shop that is open here (.hemline)';

try {
  // Compiled, as Node cannot read the decorators that the handlers have.
  await access(built('libs/messaging/dist/index.js')).catch(() => {
    throw new Refusal('Hemline is not built yet; "npm start" does that, or "npm run build".');
  });
  const { commandLogger, connect, runAsProcess } = await import('@hemline/messaging');
  const { dataDir, args } = takeData(process.argv.slice(2));
  let environments: State['environments'] | undefined;
  await runAsProcess({ name: 'npm run events --', args, options: [dataOption] }, (here) => ({
    open: async () => {
      const known = (environments = await readEnvironments(dataDir));
      const logger = commandLogger(here.err);
      return dataApps.map((app) => connect(app, known[app], logger));
    },
    byOwnCode: (app, command) => {
      const from = command.kind === 'replay' && toWord(command.from);
      return runOwnCode(app as DataApp, environments?.[app as DataApp] ?? {}, [
        command.kind,
        command.kind === 'resend' ? command.id : command.group,
        ...(from ? ['--from', from] : []),
        ...(command.isJson ? ['--json'] : []),
      ]);
    },
  }));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

function takeData(args: readonly string[]): { dataDir: string; args: string[] } {
  const at = args.findIndex((arg) => arg === '--data' || arg.startsWith('--data='));
  if (at < 0) return { dataDir: built('.hemline'), args: [...args] };
  const [, inline] = (args[at] ?? '').split(/=(.*)/s);
  const dir = inline ?? args[at + 1];
  if (!dir) throw new Refusal('--data needs a folder after it.', 2);
  return { dataDir: resolve(dir), args: args.toSpliced(at, inline === undefined ? 2 : 1) };
}

async function readEnvironments(dataDir: string): Promise<State['environments']> {
  const paths = toPaths(dataDir);
  const state = await readFile(paths.state, 'utf8').catch(() => undefined);
  if (!(await findHolder(paths.lock))) {
    throw new Refusal(`No shop is open in ${dataDir}; start one by "npm start" first.`);
  }
  if (!state) throw new Refusal(`The shop in ${dataDir} is not open yet, or not any more.`);
  return (JSON.parse(state) as State).environments;
}

/** Ctrl-C reaches it by the terminal, as it reaches us; it ends what is in hand, and then we do. */
function runOwnCode(app: DataApp, env: Record<string, string>, args: readonly string[]) {
  const child = spawn(process.execPath, [built(`apps/${app}/dist/events.js`), ...args], {
    env: { ...env, NO_COLOR: process.env['NO_COLOR'] },
    stdio: 'inherit',
  });
  return new Promise<number>((done) => {
    child.once('error', () => done(1));
    child.once('exit', (code) => done(code ?? 1));
  });
}
