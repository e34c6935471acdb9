import { spawn } from 'node:child_process';
import type { Database } from '@hemline/postgres';

const root = new URL('../../../', import.meta.url).pathname;

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** An app's own `events.js` as a process, which `kill` may end before it ends by itself. */
export const startEventsCommand = (
  app: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { readonly ended: Promise<Ran>; kill(signal: NodeJS.Signals): void } => {
  const child = spawn(process.execPath, [`${root}apps/${app}/dist/events.js`, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ran>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { ended, kill: (signal) => void child.kill(signal) };
};

export const runEventsCommand = (...args: Parameters<typeof startEventsCommand>): Promise<Ran> =>
  startEventsCommand(...args).ended;

/** All rows of some tables as PostgreSQL writes them, in an order of their own. */
export const dump = async (database: Database, tables: readonly string[]): Promise<string> => {
  const lines: string[] = [];
  for (const table of tables) {
    const { rows } = await database.query<{ row: string }>({
      text: `select t::text as row from ${table} t order by t::text collate "C"`,
    });
    lines.push(`${table}: ${rows.length}`, ...rows.map(({ row }) => row));
  }
  return lines.join('\n');
};
