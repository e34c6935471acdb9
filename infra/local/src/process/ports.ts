import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { Refusal } from '../refusal.ts';
import { inspectProcess } from './identity.ts';

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  return listenBriefly(0);
}

/** Refuses, naming the first port that somebody else has, for whom we want it, and who has it. */
export async function checkPorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [service, port] of Object.entries(ports)) {
    try {
      await listenBriefly(port);
    } catch (error) {
      throw await refuse(service, port, error as NodeJS.ErrnoException);
    }
  }
}

function listenBriefly(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

async function refuse(service: string, port: number, error: NodeJS.ErrnoException) {
  if (error.code === 'EACCES') {
    return new Refusal(
      `Port ${port}, for ${service}, may not be used by this account; ` +
        'choose higher ones by --port-base N.',
    );
  }
  if (error.code !== 'EADDRINUSE') {
    return new Refusal(`Port ${port}, for ${service}, cannot be used (${error.message}).`);
  }
  const owner = await findOwner(port);
  const by = owner ? ` by process ${owner.pid} (${shorten(owner.command)})` : '';
  return new Refusal(
    `Port ${port}, for ${service}, is taken${by}; stop that, or choose other ports by ` +
      `--port-base N, as in: npm start -- --port-base ${suggestBase(port)}`,
  );
}

const suggestBase = (port: number) => (port >= 4000 && port < 5000 ? 5000 : 4000);

/** The program's name without its folder, and as much of the rest as a sentence bears. */
function shorten(command: string): string {
  const short = command.replace(/^\S*\//, '');
  return short.length > 60 ? `${short.slice(0, 57)}...` : short;
}

/** Who listens on this port; on Linux, of the processes that we may look into. */
async function findOwner(port: number) {
  if (platform() !== 'linux') return undefined;
  const sockets = await findListeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && (await hasOpen(pid, sockets))) return inspectProcess(pid);
  }
  return undefined;
}

/** Links of /proc/<pid>/fd that are listening sockets on the port, such as `socket:[8123]`. */
async function findListeningSockets(port: number): Promise<Set<string>> {
  const LISTEN = '0A';
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  const mine = rows.filter(
    ([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === LISTEN,
  );
  return new Set(mine.map((row) => `socket:[${row[9]}]`));
}

async function hasOpen(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((n) => readlink(`${folder}/${n}`).catch(() => '')));
  return links.some((target) => sockets.has(target));
}
