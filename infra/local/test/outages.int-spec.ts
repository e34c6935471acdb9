import { describe } from '@jest/globals';
import { describeOutages } from '../../../libs/messaging/src/transports/outage.contract.ts';
import { findKafka } from '../src/kafka/fetch.ts';
import { startOwnKafka, startOwnPostgres } from './own-engines.ts';

describeOutages('postgres', startOwnPostgres);

// Brokers that are given from outside are not ours to kill: this one is always our own.
const kafka = await findKafka({ env: process.env });

if (kafka.kind === 'found') describeOutages('kafka', () => startOwnKafka(kafka));
else describeOutages(`kafka, not tried: ${kafka.reason}`, startOwnPostgres, describe.skip);
