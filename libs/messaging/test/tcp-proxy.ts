import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

export type Address = { readonly host: string; readonly port: number };

/** What does not pass: both ways as when a cable is pulled, or only what the server answers. */
export type Cut = 'both' | 'answers';

type Pair = { readonly client: Socket; readonly server: Socket };

/**
 * The wire between a client and a server, in the hands of a test. A black hole is not a reset: no end
 * and no error pass either, new connections are taken and get no answer, and what was held back
 * arrives after healing, as TCP would send it again.
 */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private readonly listener: Server;
  private readonly target: Address;
  private cut: Cut | undefined;
  /** Bytes that clients sent and that were passed on. */
  sentBytes = 0;

  private constructor(target: Address) {
    this.target = target;
    this.listener = createServer({ allowHalfOpen: true }, (client) => this.join(client));
  }

  static async to(target: Address): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.listener.listen(0, '127.0.0.1');
    await once(proxy.listener, 'listening');
    return proxy;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.listener.address() as AddressInfo).port };
  }

  /** The URL of the same thing by way of this proxy. */
  through(url: string): string {
    const detour = new URL(url);
    detour.host = `${this.address.host}:${this.address.port}`;
    return detour.href;
  }

  get connections(): number {
    return this.pairs.size;
  }

  blackHole(cut: Cut = 'both'): void {
    this.cut = cut;
    for (const pair of this.pairs) this.hold(pair);
  }

  heal(): void {
    this.cut = undefined;
    for (const { client, server } of this.pairs) {
      client.resume();
      server.resume();
    }
  }

  /** Ends all connections as a crash does; new ones are served. */
  reset(): void {
    this.cut = undefined;
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.pairs.clear();
  }

  async close(): Promise<void> {
    this.reset();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    const server = connect({ ...this.target, allowHalfOpen: true });
    const pair = { client, server };
    this.pairs.add(pair);
    client.on('data', ({ length }) => (this.sentBytes += length));
    this.forward(client, server, pair);
    this.forward(server, client, pair);
    this.hold(pair);
  }

  private forward(from: Socket, to: Socket, pair: Pair): void {
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (to.destroyed || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => {
        from.resume();
        this.hold(pair);
      });
    });
    from.on('end', () => to.end());
    from.on('error', () => {});
    from.on('close', () => {
      // Whoever is behind a black hole does not learn of it.
      if (this.cut === undefined) to.destroy();
      if (to.destroyed) this.pairs.delete(pair);
    });
  }

  private hold({ client, server }: Pair): void {
    if (this.cut === 'both') client.pause();
    if (this.cut !== undefined) server.pause();
  }
}
