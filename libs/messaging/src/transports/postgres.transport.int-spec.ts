import { createLogger } from '@hemline/telemetry';
import { testDatabase } from '../../../postgres/test/test-database.ts';
import { PostgresTransport } from './postgres.transport.ts';
import { describeTransport } from './transport.contract.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

describeTransport('postgres', async () => {
  const log = await testDatabase('events');
  const url = log.urlAs('payments');
  return {
    connect: () => new PostgresTransport({ url, app: 'payments', logger }),
    close: () => log.close(),
  };
});
