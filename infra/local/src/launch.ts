import { rm } from 'node:fs/promises';
import { build } from './code/build.ts';
import { checkSpace, makeDataFolder, type Paths } from './folder/data-folder.ts';
import {
  findGivenDatabases,
  migrateAll,
  provisionEmbedded,
  type Databases,
} from './postgres/databases.ts';
import type { Flags } from './flags.ts';
import { Engines } from './engines/engines.ts';
import { claimEventLog, settleEventLog } from './engines/event-log.ts';
import { narrate } from './engines/narrate.ts';
import type { Terminal } from './output/terminal.ts';
import { clearLeftovers } from './postgres/leftovers.ts';
import { startPostgres, type PostgresServer } from './postgres/server.ts';
import { acquireLock } from './process/lock.ts';
import { endOrphans, recordChildren } from './process/orphans.ts';
import { checkPorts } from './process/ports.ts';
import { loadSecrets, type Secrets } from './folder/secrets.ts';
import { makeServices, makeSingleService, type Services } from './services.ts';
import { describeServices, StateFile, type State } from './folder/state.ts';
import {
  apps,
  stopOrder,
  toEnvironments,
  toPorts,
  toUrl,
  type App,
  type Ports,
} from './topology.ts';
import { readVersion } from './code/version.ts';

export interface LaunchOptions {
  readonly flags: Flags;
  readonly home: string;
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

const DRAIN_MS = 10_000;

/**
 * One run of the platform, from an empty folder to an open shop and back. `start` takes the steps
 * in order; each step that leaves something running says at once how that is ended, so that `stop`
 * undoes whatever has been done so far, last first.
 */
export class Launch {
  private readonly options: LaunchOptions;
  private readonly ports: Ports;
  private readonly state: StateFile;
  private readonly startedAt = new Date();
  private readonly engines: Engines;
  private readonly undo = new AsyncDisposableStack();
  private services: Services | undefined;
  private environments: State['environments'] | undefined;
  private postgres: PostgresServer | undefined;
  private databases: Databases | undefined;
  private isReady = false;
  private isFaulty = false;

  constructor(options: LaunchOptions) {
    this.options = options;
    this.ports = toPorts(options.flags.portBase);
    this.state = new StateFile(options.paths.state);
    this.engines = new Engines({
      ...options,
      ports: this.ports,
      onChange: () => this.noteChange(),
    });
  }

  async start(): Promise<void> {
    const { home, paths, terminal, flags, signal, env } = this.options;
    const given = findGivenDatabases(env);
    await this.takeFolder();
    await this.checkPorts(given);
    await claimEventLog(paths, this.engines.eventLog);
    await this.engines.find();
    const secrets = await loadSecrets(paths.secrets);
    const onSlow = () => terminal.say('hemline', 'compiling');
    this.undo.defer(() => this.postgres?.stop());
    this.undo.defer(() => this.engines.stop());
    const results = await Promise.allSettled([
      build(home, onSlow),
      this.prepareDatabases(secrets, given),
      this.engines.start(secrets),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    signal.throwIfAborted();
    await settleEventLog(paths, this.engines.eventLog);
    await this.startServices(secrets);
    signal.throwIfAborted();
    if (!flags.empty && flags.without.length === 0) await this.bringGoods(secrets);
    signal.throwIfAborted();
    this.isReady = true;
    await this.writeState();
  }

  async stop(): Promise<void> {
    this.isReady = false;
    await this.undo.disposeAsync();
  }

  /** Ends everything at once, for somebody who cannot wait. */
  kill(): void {
    for (const supervisor of this.services?.supervisors ?? []) supervisor.kill('SIGKILL');
    this.engines.kill();
    this.postgres?.kill();
  }

  /** For those whose code has changed. */
  restart(changed: readonly App[]): void {
    const { services } = this;
    if (!services) return;
    const supervisors = new Set(changed.map((app) => services.supervisorOf(app)));
    for (const supervisor of supervisors) void supervisor?.restart();
  }

  private async checkPorts(given: Databases | undefined): Promise<void> {
    const { postgres } = this.ports;
    const ofApps = Object.fromEntries(apps.map((app) => [app, this.ports[app]]));
    await checkPorts({ ...ofApps, ...this.engines.ports, ...(given ? {} : { postgres }) });
  }

  private async takeFolder(): Promise<void> {
    const { paths, terminal } = this.options;
    await makeDataFolder(paths);
    const lock = await acquireLock(paths.lock, paths.dataDir);
    this.undo.defer(() => lock.release());
    await this.state.remove();
    this.undo.defer(() => this.state.remove());
    const orphans = await endOrphans(paths.children);
    await clearLeftovers(paths.postgres);
    this.undo.defer(() => rm(paths.children, { force: true }));
    if (orphans > 0) {
      terminal.say('hemline', `ended ${orphans} processes that an earlier run had left behind`);
    }
    await checkSpace(paths.dataDir);
  }

  private async prepareDatabases(secrets: Secrets, given: Databases | undefined): Promise<void> {
    const { home } = this.options;
    this.databases = given ?? (await this.startEmbedded(secrets));
    this.options.signal.throwIfAborted();
    await migrateAll(this.databases.ownerUrls, home);
  }

  private async startEmbedded({ databasePasswords }: Secrets): Promise<Databases> {
    const { paths, terminal } = this.options;
    const startedAt = performance.now();
    this.postgres = await startPostgres({
      dataDir: paths.postgres,
      port: this.ports.postgres,
      password: databasePasswords['postgres'] ?? '',
      logFile: paths.logOf('postgres'),
      watcher: narrate('postgres', {
        terminal,
        logOf: paths.logOf,
        onChange: () => this.noteChange(),
      }),
    });
    const databases = await provisionEmbedded(this.postgres.url, databasePasswords);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    terminal.say('postgres', `postgres://127.0.0.1:${this.ports.postgres} is ready (${seconds} s)`);
    return databases;
  }

  private async startServices(secrets: Secrets): Promise<void> {
    const { home, paths, env, terminal, flags, signal } = this.options;
    if (!this.databases) throw new Error('There are no databases yet');
    const { ports } = this;
    const { dataDir } = paths;
    const { kafkaBrokers, redisUrl } = this.engines;
    const engines = { ...this.databases, kafkaBrokers, redisUrl };
    const setting = { ...engines, ...(await readVersion(home)), ports, dataDir, secrets };
    this.environments = toEnvironments({ ...setting, given: env });
    const services = (flags.single ? makeSingleService : makeServices)({
      home,
      ports,
      environments: this.environments,
      running: apps.filter((app) => !flags.without.includes(app)),
      terminal,
      logOf: paths.logOf,
      onChange: () => this.noteChange(),
    });
    this.services = services;
    this.undo.defer(() => stopServices(services));
    const ready = Promise.all(services.supervisors.map((supervisor) => supervisor.start()));
    await Promise.race([ready, rejectOnAbort(signal)]);
  }

  private async bringGoods(secrets: Secrets): Promise<void> {
    const { paths, terminal, signal } = this.options;
    const { bringDemoGoods } = await import('./goods/demo-goods.ts');
    const { catalog, payments, images } = this.ports;
    await bringDemoGoods({
      urls: { catalog: toUrl(catalog), payments: toUrl(payments), images: toUrl(images) },
      staffKey: secrets.staffKey,
      marker: paths.demoMarker,
      terminal,
      signal,
    });
  }

  private noteChange(): void {
    const services = this.services?.supervisors.flatMap(({ running }) => running ?? []) ?? [];
    try {
      const children = [...services, ...this.engines.running];
      recordChildren(this.options.paths.children, children);
    } catch (error) {
      this.noteFault(error as Error);
    }
    this.writeState().catch((error: Error) => this.noteFault(error));
  }

  /** A folder that cannot be written, as on a full disk, is no reason to close the shop. */
  private noteFault(error: Error): void {
    const { dataDir } = this.options.paths;
    if (!this.isFaulty) {
      const text = `${dataDir} cannot be written (${error.message}); make room there`;
      this.options.terminal.say('hemline', text);
    }
    this.isFaulty = true;
  }

  private async writeState(): Promise<void> {
    if (!this.isReady || !this.services || !this.databases || !this.environments) return;
    const { flags } = this.options;
    const { ownerUrls } = this.databases;
    await this.state.write({
      startedAt: this.startedAt.toISOString(),
      launcher: { pid: process.pid },
      portBase: flags.portBase,
      mode: flags.single ? 'single' : 'processes',
      services: describeServices(this.ports, this.services.pidOf),
      ...this.engines.describe(),
      environments: this.environments,
      ...(this.postgres && {
        postgres: { url: this.postgres.url, pid: this.postgres.pid() ?? 0 },
      }),
      databases: Object.fromEntries(
        Object.entries(ownerUrls).map(([name, url]) => [name, { url }]),
      ) as Record<keyof typeof ownerUrls, { url: string }>,
    });
  }
}

/** Callers before the called, all within the time that a stop may take. */
async function stopServices(services: Services): Promise<void> {
  const deadline = performance.now() + DRAIN_MS;
  for (const group of stopOrder) {
    const patience = Math.max(500, deadline - performance.now());
    await Promise.all(group.map(async (app) => services.supervisorOf(app)?.stop(patience)));
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
