import { Client } from 'pg';
import { within } from './within.ts';

type ClientOptions = { readonly url: string; readonly name: string };

const connectMs = 5000;
const statementMs = 5000;
/** An answer that is later than the server would have given it up is lost with its connection. */
const answerMs = statementMs + 1000;
/**
 * The server ends a session that is silent for so long. Whoever holds one asks at least every second,
 * unless the process is stopped, or cut off: then its lock must come to another.
 */
export const silenceMs = 10_000;
const farewellMs = 1000;

/** The one connection of a session. Nothing about it is waited for without an end. */
export const connectSession = async ({ url, name }: ClientOptions): Promise<Client> => {
  const client = new Client({
    connectionString: url,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    options: `-c statement_timeout=${statementMs} -c idle_session_timeout=${silenceMs}`,
  });
  // Without it a connection that dies ends the process; whoever asks next is told.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await endSession(client);
    throw error;
  }
};

/** Says goodbye, and leaves without an answer if there is none. */
export const endSession = async (client: Client): Promise<void> => {
  await within(farewellMs, client.end()).catch(() => {});
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
};
