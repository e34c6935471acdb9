import { readConfig } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { type Logger, createLogger } from '@hemline/telemetry';
import { z } from 'zod';
import { checkEvents, eventsConfigShape, makeTransport } from '../config.ts';
import type { Transport } from '../transports/transport.ts';

/** What commands need of one app: its database, and the log as this app sees it. */
export type Connection = {
  readonly app: string;
  readonly database: Database;
  readonly transport: Transport;
  close(): Promise<void>;
};

const settings = checkEvents(z.object({ DATABASE_URL: z.url(), ...eventsConfigShape }));

/** By the environment of the app; nothing is reached until it is asked something. */
export const connect = (app: string, env: NodeJS.ProcessEnv, logger: Logger): Connection => {
  const config = readConfig('the command', settings, env);
  const database = new Database({ url: config.DATABASE_URL, name: 'events command', logger });
  const transport = makeTransport({ app, config, logger });
  return {
    app,
    database,
    transport,
    close: async () => {
      await transport.close();
      await database.close();
    },
  };
};

/** Warnings are sentences for whoever typed the command; there is no service that logs. */
export const commandLogger = (err: NodeJS.WriteStream): Logger =>
  createLogger({
    service: 'events',
    level: 'warn',
    destination: {
      write: (line: string) => {
        const { msg = '', err: cause } = JSON.parse(line) as Said;
        err.write(`${cause?.message ? `${msg} (${cause.message})` : msg}\n`);
      },
    },
  });

type Said = { readonly msg?: string; readonly err?: { readonly message?: string } };
