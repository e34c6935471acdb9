import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toPaths, type Paths } from '../folder/data-folder.ts';
import { claimEventLog, settleEventLog, type EventLog } from './event-log.ts';

const postgres: EventLog = { log: 'postgres' };
const kafka: EventLog = { log: 'kafka', prefix: '' };
const elsewhere: EventLog = { log: 'kafka-elsewhere', prefix: 'shop.' };
let paths: Paths;

beforeEach(async () => {
  paths = toPaths(await mkdtemp(join(tmpdir(), 'hemline-log-')));
});

afterEach(() => rm(paths.dataDir, { recursive: true, force: true }));

describe('the log of a folder’s events', () => {
  it('is the one of its first start', async () => {
    await claimEventLog(paths, kafka);
    await settleEventLog(paths, kafka);
    await claimEventLog(paths, kafka);
    await expect(claimEventLog(paths, postgres)).rejects.toThrow(
      'are kept in a Kafka of its own, and do not move to PostgreSQL: start it by --events kafka, ' +
        'without KAFKA_BROKERS, give',
    );
  });

  it('tells a Kafka of its own from one elsewhere', async () => {
    await settleEventLog(paths, elsewhere);
    await expect(claimEventLog(paths, kafka)).rejects.toThrow(
      'are kept in the Kafka at KAFKA_BROKERS, and do not move to a Kafka of its own',
    );
  });

  it('is under one prefix in a Kafka', async () => {
    await settleEventLog(paths, elsewhere);
    await claimEventLog(paths, elsewhere);
    await expect(claimEventLog(paths, { ...elsewhere, prefix: '' })).rejects.toThrow(
      'are kept in topics with KAFKA_PREFIX=shop., and do not move to those with no KAFKA_PREFIX: ' +
        'start it with that, give the other shop a folder',
    );
    await settleEventLog(paths, kafka);
    await expect(claimEventLog(paths, { ...kafka, prefix: 'b.' })).rejects.toThrow(
      'are kept in topics with no KAFKA_PREFIX, and do not move to those with KAFKA_PREFIX=b.',
    );
  });

  it('takes the prefix of its next start where an earlier version wrote down none', async () => {
    await writeFile(paths.eventLog, '{"log":"kafka-elsewhere"}');
    await claimEventLog(paths, elsewhere);
    await settleEventLog(paths, elsewhere);
    await expect(claimEventLog(paths, { ...elsewhere, prefix: 'b.' })).rejects.toThrow('=shop.');
  });

  it('is none yet where no service ever started, whatever else did', async () => {
    await claimEventLog(paths, elsewhere);
    await mkdir(paths.postgres);
    await writeFile(join(paths.postgres, 'PG_VERSION'), '18\n');
    await claimEventLog(paths, kafka);
    await expect(claimEventLog(paths, postgres)).resolves.toBeUndefined();
  });

  it('is PostgreSQL where data is from a time that knew no other', async () => {
    await mkdir(paths.postgres);
    await writeFile(join(paths.postgres, 'PG_VERSION'), '18\n');
    await expect(claimEventLog(paths, kafka)).rejects.toThrow('are kept in PostgreSQL');
    await claimEventLog(paths, postgres);
  });
});
