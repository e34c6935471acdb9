import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from '../src/folder/state.ts';
import { apps } from '../src/topology.ts';

/** A service as the launcher sees one: a port, a probe, lines of JSON, an end when told. */
const serviceSource = `
import { createServer } from 'node:http';
export async function start(env) {
  const name = process.argv[1].split('/').at(-3);
  const server = createServer((request, answer) => {
    if (request.url === '/env') return answer.end(JSON.stringify(env));
    if (request.url === '/crash') { console.error('Error: crashed as asked'); process.exit(7); }
    answer.end('{}');
  });
  await new Promise((resolve) => server.listen(Number(env.PORT), env.HOST, resolve));
  console.log(JSON.stringify({ level: 'info', service: name, msg: 'listening' }));
  const close = (resolve) => { server.close(resolve); server.closeAllConnections(); };
  return { close: () => new Promise(close) };
}
if (import.meta.main) {
  const running = await start(process.env);
  const stop = () => running.close().then(() => process.exit(0));
  process.once('SIGTERM', stop).once('disconnect', stop);
}
`;

export interface DummyPlatform {
  readonly home: string;
  readonly dataDir: string;
  readonly portBase: number;
  start(...args: string[]): Run;
  startWith(env: NodeJS.ProcessEnv, ...args: string[]): Run;
  readState(): Promise<State>;
  remove(): Promise<void>;
}

export interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | NodeJS.Signals>;
  until(text: string | RegExp, seconds?: number): Promise<void>;
}

/** A whole platform whose six services do nothing, in a folder of its own. */
export async function makeDummyPlatform(): Promise<DummyPlatform> {
  const home = await mkdtemp(join(tmpdir(), 'hemline-launcher-'));
  await writeFile(join(home, 'package.json'), '{ "version": "0.0.1", "type": "module" }');
  for (const app of apps) await writeCode(home, `apps/${app}/dist/main.js`, serviceSource);
  await writeCode(home, 'libs/telemetry/dist/register.js', '');
  const dataDir = join(home, '.hemline');
  const portBase = await findFreeRange();
  const runs: Run[] = [];
  const startWith = (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const run = startRun(home, env, ['--port-base', String(portBase), ...args]);
    runs.push(run);
    return run;
  };
  return {
    home,
    dataDir,
    portBase,
    start: (...args) => startWith({}, ...args),
    startWith,
    readState: async () => JSON.parse(await readFile(join(dataDir, 'state.json'), 'utf8')) as State,
    remove: async () => {
      for (const run of runs) run.child.kill('SIGTERM');
      await Promise.all(runs.map((run) => run.exit));
      await rm(home, { recursive: true, force: true });
    },
  };
}

export async function writeCode(home: string, file: string, source: string): Promise<void> {
  await mkdir(join(home, file, '..'), { recursive: true });
  await writeFile(join(home, file), source);
}

function startRun(home: string, env: NodeJS.ProcessEnv, args: readonly string[]): Run {
  const runner = join(import.meta.dirname, 'run-dummy.ts');
  const child = spawn(process.execPath, ['--conditions=source', runner, home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const exit = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  const until = async (wanted: string | RegExp, seconds?: number) => {
    await eventually(() => {
      if (text.search(wanted) === -1) throw new Error(`"${wanted}" was not said in:\n${text}`);
    }, seconds);
  };
  return { child, output: () => text, exit, until };
}

/** Tries until it does not throw, for so many seconds at most. */
export async function eventually<T>(work: () => T | Promise<T>, seconds = 20): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/**
 * Eleven ports in a row that are free. They lie below those that the system gives to outgoing
 * connections, as another test's connection could take one before it is bound.
 */
export async function findFreeRange(): Promise<number> {
  for (;;) {
    const base = 10_000 + Math.floor(Math.random() * 22_000);
    const { checkPorts } = await import('../src/process/ports.ts');
    const range = Array.from({ length: 11 }, (_, offset) => [`port ${offset}`, base + offset]);
    const isFree = await checkPorts(Object.fromEntries(range)).then(
      () => true,
      () => false,
    );
    if (isFree) return base;
  }
}
