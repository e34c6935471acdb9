import { rm } from 'node:fs/promises';
import { writeWhole } from './files.ts';
import { apps, toUrl, type App, type Database, type Environment, type Ports } from '../topology.ts';

/** What `state.json` tells to other programs on this machine while everything is ready. */
export interface State {
  readonly startedAt: string;
  readonly launcher: { readonly pid: number };
  readonly portBase: number;
  readonly mode: 'processes' | 'single';
  readonly services: Readonly<Record<App, { readonly url: string; readonly pid: number }>>;
  /** What each service is told, for commands that run its code beside it. */
  readonly environments: Readonly<Record<App, Environment>>;
  /** The superuser's; absent when databases were given by the environment. */
  readonly postgres?: { readonly url: string; readonly pid: number };
  /** Which log carries the events. */
  readonly events: 'postgres' | 'kafka';
  /** Present when events go by Kafka; without a process when its brokers were given. */
  readonly kafka?: { readonly brokers: string; readonly pid?: number };
  /** Present when caches are shared; without a process when it was given. */
  readonly redis?: { readonly url: string; readonly pid?: number };
  /** As the roles that own them. */
  readonly databases: Readonly<Record<Database, { readonly url: string }>>;
}

export function describeServices(ports: Ports, pidOf: (app: App) => number | undefined) {
  const entries = apps.map((app) => [app, { url: toUrl(ports[app]), pid: pidOf(app) ?? 0 }]);
  return Object.fromEntries(entries) as State['services'];
}

/** Keeps the file in step with what runs. Writes go one after the other, so the newest stays. */
export class StateFile {
  private readonly path: string;
  private last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  write(state: State): Promise<void> {
    const content = `${JSON.stringify(state, null, 2)}\n`;
    return this.queue(() => writeWhole(this.path, content, { mode: 0o600 }));
  }

  remove(): Promise<void> {
    return this.queue(() => rm(this.path, { force: true }));
  }

  private queue(work: () => Promise<void>): Promise<void> {
    // A fault belongs to whoever asked for that write; the next one is tried all the same.
    const next = this.last.then(work);
    this.last = next.catch(() => {});
    return next;
  }
}
