import { connect, type Socket } from 'node:net';

export type Answer = { readonly status: number; readonly body: Buffer };

type Waiting = { resolve(answer: Answer): void; reject(error: Error): void };

const headEnd = Buffer.from('\r\n\r\n');

/**
 * One kept-alive HTTP/1.1 connection with one request at a time, and as little work as can be: what
 * drives the load shares two cores with what is measured. It reads answers with a Content-Length, as
 * all of ours have, and refuses others.
 */
export class Connection {
  private readonly socket: Socket;
  private received: Buffer | undefined;
  private waiting: Waiting | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error(`${url} closed the connection`)));
  }

  /** `request` is the whole of it, as `toRequest` makes it. */
  send(request: Buffer | string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    const all = this.received ? Buffer.concat([this.received, chunk]) : chunk;
    this.received = all;
    const end = all.indexOf(headEnd);
    if (end < 0) return;
    const head = all.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.fail(new Error(`an answer without a length: ${head}`));
      return;
    }
    const start = end + headEnd.length;
    if (all.length < start + Number(length)) return;
    this.received = undefined;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body: all.subarray(start) });
  }

  private fail(error: Error): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(error);
  }
}

type RequestParts = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
};

/** The bytes of a request. */
export const toRequest = (method: string, path: string, parts: RequestParts = {}): Buffer => {
  const body = parts.body === undefined ? '' : JSON.stringify(parts.body);
  const headers = Object.entries({
    host: '127.0.0.1',
    ...(body !== '' && { 'content-type': 'application/json' }),
    ...(method !== 'GET' && { 'content-length': String(Buffer.byteLength(body)) }),
    ...parts.headers,
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`);
};
