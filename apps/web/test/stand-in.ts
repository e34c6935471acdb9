import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
};
export type Said = { readonly status?: number; readonly body: unknown } | 'no answer';
export type Reply = (asked: Asked) => Said | Promise<Said>;

/** A service of ours, as far as its contract goes: says what the test has it say, notes what it was asked. */
export class StandIn {
  readonly asked: Asked[] = [];
  private replies = new Map<string, Reply>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const asked: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text ? JSON.parse(text) : undefined,
      };
      this.asked.push(asked);
      void this.replyTo(asked).then((said) => {
        if (said === 'no answer') return response.destroy();
        const type = (said.status ?? 200) < 400 ? 'application/json' : 'application/problem+json';
        response.writeHead(said.status ?? 200, { 'content-type': type });
        return response.end(JSON.stringify(said.body));
      });
    });
  });
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Said to each request whose `METHOD /path` begins so; the longest beginning counts. */
  on(beginning: string, reply: Reply): void {
    this.replies.set(beginning, reply);
  }

  reset(): void {
    this.replies = new Map();
    this.asked.length = 0;
  }

  async start(): Promise<void> {
    if (this.server.listening) return;
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async replyTo(asked: Asked): Promise<Said> {
    const line = `${asked.method} ${asked.path}`;
    const [beginning] = [...this.replies.keys()]
      .filter((each) => line.startsWith(each))
      .toSorted((a, b) => b.length - a.length);
    const reply = beginning === undefined ? undefined : this.replies.get(beginning);
    return reply ? reply(asked) : problem(404, 'not_found');
  }
}

export const problem = (status: number, code: string, members: object = {}): Said => ({
  status,
  body: { type: 'x', title: code, status, code, traceId: 'f'.repeat(32), ...members },
});
