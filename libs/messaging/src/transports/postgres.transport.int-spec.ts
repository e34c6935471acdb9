import { createLogger } from '@hemline/telemetry';
import { testDatabase } from '../../../postgres/test/test-database.ts';
import { Database } from '@hemline/postgres';
import { PostgresTransport } from './postgres.transport.ts';
import { describeTransport } from './transport.contract.ts';
import { describeUnprepared } from './unprepared.contract.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

const start = async () => {
  const log = await testDatabase('events');
  const url = log.urlAs('payments');
  return {
    connect: () => new PostgresTransport({ url, app: 'payments', logger }),
    env: { EVENTS: 'postgres', EVENTS_DATABASE_URL: url },
    close: () => log.close(),
    asOwner: async (text: string): Promise<void> => {
      const owner = new Database({ url: log.ownerUrl, name: 'owner', logger });
      await owner.query({ text });
      await owner.close();
    },
  };
};

describeTransport('postgres', start);

describeUnprepared('postgres', async () => {
  const engine = await start();
  await engine.asOwner("insert into log_topics (topic, partitions) values ('payments.stock', 4)");
  return { ...engine, repair: () => engine.asOwner('delete from log_topics') };
});
