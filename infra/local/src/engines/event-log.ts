import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toShown, type Paths } from '../folder/data-folder.ts';
import { writeWhole } from '../folder/files.ts';
import { Refusal } from '../refusal.ts';

const logs = {
  postgres: { name: 'PostgreSQL', way: '--events postgres' },
  kafka: { name: 'a Kafka of its own', way: '--events kafka, without KAFKA_BROKERS' },
  'kafka-elsewhere': { name: 'the Kafka at KAFKA_BROKERS', way: '--events kafka, with it' },
} as const;

export type EventLog = keyof typeof logs;

/** `isOpen` while no service has started that could tell anything: then another log may still be it. */
type Claim = { readonly log: EventLog; readonly isOpen?: boolean };

/**
 * A shop's events stay in the log in which they began. What was told in one log is not in the
 * other: readers would find versions missing and park what they belong to, and a copy that is
 * built again from the other log would lack all that is older. So the first start decides, and a
 * start with another log is refused before anything is touched. A first start that comes to nothing,
 * as its brokers do not answer, decides nothing: see `settleEventLog`.
 */
export async function claimEventLog(paths: Paths, wanted: EventLog): Promise<void> {
  const kept = await readEventLog(paths);
  if (kept === wanted) return;
  if (kept === undefined) return write(paths, { log: wanted, isOpen: true });
  throw new Refusal(
    `The events of ${toShown(paths.dataDir)} are kept in ${logs[kept].name}, and do not move to ` +
      `${logs[wanted].name}: start it by ${logs[kept].way}, give the other shop a folder of its ` +
      'own by --data DIR, or forget this one by "npm run reset".',
  );
}

/** From now on services tell events in it. */
export const settleEventLog = (paths: Paths, log: EventLog): Promise<void> => write(paths, { log });

const write = (paths: Paths, claim: Claim): Promise<void> =>
  writeWhole(paths.eventLog, `${JSON.stringify(claim)}\n`);

/** Undefined for a new folder. Earlier versions knew one log, and wrote nothing down. */
async function readEventLog(paths: Paths): Promise<EventLog | undefined> {
  const text = await readFile(paths.eventLog, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const { log, isOpen } = JSON.parse(text) as Claim;
    return isOpen ? undefined : log;
  }
  return access(join(paths.postgres, 'PG_VERSION')).then(
    () => 'postgres' as const,
    () => undefined,
  );
}
