import { get } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toShown } from './folder/data-folder.ts';
import type { Terminal } from './output/terminal.ts';
import { Supervisor, type Death, type Program, type Watcher } from './process/supervisor.ts';
import { isOfMachine, toUrl, type App, type Environment, type Ports } from './topology.ts';

export interface ServicesOptions {
  readonly home: string;
  readonly ports: Ports;
  readonly environments: Readonly<Record<App, Environment>>;
  /** Services that shall run. */
  readonly running: readonly App[];
  readonly terminal: Terminal;
  readonly logOf: (service: string) => string;
  /** Called whenever a process starts or ends. */
  readonly onChange: () => void;
}

export interface Services {
  readonly supervisors: readonly Supervisor[];
  pidOf(app: App): number | undefined;
  /** Undefined for a service that was left out. */
  supervisorOf(app: App): Supervisor | undefined;
}

const PROBE_MS = 2_000;

/** Six processes, each kept running by itself. */
export function makeServices(options: ServicesOptions): Services {
  const byApp = new Map(options.running.map((app) => [app, makeService(app, options)]));
  return {
    supervisors: [...byApp.values()],
    pidOf: (app) => byApp.get(app)?.pid,
    supervisorOf: (app) => byApp.get(app),
  };
}

function makeService(app: App, options: ServicesOptions): Supervisor {
  const { home, ports, environments, terminal } = options;
  const url = toUrl(ports[app]);
  const program: Program = {
    ...baseProgram(home),
    name: app,
    args: [...preload(home), join(home, 'apps', app, 'dist/main.js')],
    env: environments[app],
    output: (line) => terminal.takeLine(app, line),
    isReady: () => isReady(url),
  };
  return new Supervisor(program, narrate(app, url, options));
}

/** All six in one process. What they are told does not fit one environment, so it is sent. */
export function makeSingleService(options: ServicesOptions): Services {
  const { home, ports, environments, running, terminal } = options;
  const program: Program = {
    ...baseProgram(home),
    name: 'single',
    args: [...preload(home), join(import.meta.dirname, 'single.ts')],
    env: { ...machineEnvironment(environments.web) },
    message: running.map((app) => ({
      app,
      main: pathToFileURL(join(home, 'apps', app, 'dist/main.js')).href,
      env: environments[app],
    })),
    output: (line) => terminal.takeLine('single', line),
    isReady: async () => {
      const ready = await Promise.all(running.map((app) => isReady(toUrl(ports[app]))));
      return ready.every(Boolean);
    },
  };
  const watcher = narrate('single', toUrl(ports.web), options);
  const supervisor = new Supervisor(program, {
    ...watcher,
    onReady: (info) => {
      for (const app of info.again ? [] : running) {
        const took = (info.afterMs / 1000).toFixed(1);
        terminal.say(app, `${toUrl(ports[app])} is ready (${took} s)`);
      }
      if (info.again) watcher.onReady?.(info);
    },
  });
  const supervisorOf = (app: App) => (running.includes(app) ? supervisor : undefined);
  return { supervisors: [supervisor], pidOf: (app) => supervisorOf(app)?.pid, supervisorOf };
}

const baseProgram = (home: string) => ({
  command: process.execPath,
  cwd: home,
  stopSignal: 'SIGTERM' as const,
  patienceMs: 10_000,
});

/**
 * V8's young generation grows to 16 MiB and more while a service loads, and keeps it. With 8 MiB a
 * service is 20 MB smaller at rest and 80 MB smaller under load, for the same CPU time a request
 * (catalog's list: 0.15 ms).
 */
const YOUNG_GENERATION = '--max-semi-space-size=8';

const preload = (home: string) => [
  YOUNG_GENERATION,
  '--import',
  pathToFileURL(join(home, 'libs/telemetry/dist/register.js')).href,
];

/** The single process is none of the services; it gets what any program finds around it. */
function machineEnvironment(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isOfMachine(name)));
}

/** By a plain request: `fetch` would cost the launcher 15 MB for as long as it runs. */
function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/readyz`, { agent: false, timeout: PROBE_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** Turns what happens to a process into lines that a person reads. */
function narrate(name: App | 'single', url: string, options: ServicesOptions): Watcher {
  const { terminal, onChange, logOf } = options;
  return {
    onStart: () => {
      terminal.forgetLastWords(name);
      onChange();
    },
    onReady: ({ again, afterMs }) => {
      const took = `${(afterMs / 1000).toFixed(1)} s`;
      terminal.say(name, again ? `${url} is back after ${took}` : `${url} is ready (${took})`);
      onChange();
    },
    onDeath: (death) => {
      onChange();
      const text = describeDeath(death, terminal.lastWordsOf(name), toShown(logOf(name)));
      if (text) terminal.say(name, text);
    },
  };
}

/** One sentence, or nothing once a crash loop has been said. */
export function describeDeath(death: Death, lastWords: string, logFile: string): string {
  const { how, deaths, retryMs, loopBegins } = death;
  const why = lastWords ? `${how}: ${lastWords}` : how;
  if (loopBegins) {
    return (
      `has died ${deaths} times in a row (${why}); it is tried again ever more slowly, ` +
      `at most every 10 s, and its log is ${logFile}`
    );
  }
  return death.isLoop ? '' : `has died (${why}); starting it again in ${retryMs} ms`;
}
