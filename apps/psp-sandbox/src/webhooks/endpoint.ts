import http from 'node:http';
import https from 'node:https';

type EndpointOptions = {
  readonly url: string;
  /** Posts under way at once. */
  readonly connections: number;
  /** For the whole of one post. */
  readonly timeoutMs: number;
};

/**
 * The address that webhooks go to. Node's own client with connections kept open: at hundreds of events a
 * second `fetch` costs twice as much as the rest of the sandbox.
 */
export class Endpoint {
  private readonly url: URL;
  private readonly agent: http.Agent;
  private readonly options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.options = options;
    this.url = new URL(options.url);
    const agentOptions = { keepAlive: true, maxSockets: options.connections };
    this.agent =
      this.url.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  }

  /** True if the endpoint took it; a redirect, a refusal and a silence are all the same. */
  post(body: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
    return new Promise((resolve) => {
      const { request } = this.url.protocol === 'https:' ? https : http;
      const sent = request(this.url, {
        method: 'POST',
        agent: this.agent,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      });
      const deadline = setTimeout(() => sent.destroy(), this.options.timeoutMs);
      sent.once('close', () => {
        clearTimeout(deadline);
        resolve(false);
      });
      sent.once('error', () => resolve(false));
      sent.once('response', (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.once('end', () => resolve(statusCode >= 200 && statusCode < 300));
      });
      sent.end(body);
    });
  }

  /** Breaks off whatever is under way. */
  close(): void {
    this.agent.destroy();
  }
}
