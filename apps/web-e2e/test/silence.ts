import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Platform } from './platform.ts';

export type Silence = { end(): Promise<void> };

const patienceMs = 20_000;

/**
 * From now on payments tells nothing: its relay loses its connection, and finds another session in its
 * place, as of an instance that has the lock and does not get on. All else of payments goes on.
 */
export const silencePayments = async ({ postgres }: Platform): Promise<Silence> => {
  if (!postgres) throw new Error('the platform was given its databases: nobody may stop its relay');
  const url = new URL(postgres);
  url.pathname = '/payments';
  const client = new Client({ connectionString: url.href, application_name: 'silence' });
  await client.connect();
  const until = Date.now() + patienceMs;
  try {
    while (!(await takePlace(client))) {
      if (Date.now() > until) throw new Error('the relay of payments could not be stopped');
      await sleep(20);
    }
  } catch (error) {
    await client.end();
    throw error;
  }
  return { end: () => client.end() };
};

const takePlace = async (client: Client): Promise<boolean> => {
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
                      where application_name = 'payments relay'`);
  const { rows } = await client.query<{ taken: boolean }>(
    `select pg_try_advisory_lock(hashtext('outbox relay')) as taken`,
  );
  return rows[0]?.taken ?? false;
};
