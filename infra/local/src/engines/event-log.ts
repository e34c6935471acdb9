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

export type EventLog = {
  readonly log: keyof typeof logs;
  /** Before the names of topics in a Kafka: with another, its topics are others. */
  readonly prefix?: string;
};

/** `isOpen` while no service has started that could tell anything: then another log may still be it. */
type Claim = EventLog & { readonly isOpen?: boolean };

/**
 * A shop's events stay in the log in which they began. What was told in one log is not in the
 * other: readers would find versions missing and park what they belong to, and a copy that is
 * built again from the other log would lack all that is older. So the first start decides, and a
 * start with another log is refused before anything is touched. A first start that comes to nothing,
 * as its brokers do not answer, decides nothing: see `settleEventLog`. Addresses of brokers decide
 * nothing either, as those of one cluster change.
 */
export async function claimEventLog(paths: Paths, wanted: EventLog): Promise<void> {
  const kept = await readEventLog(paths);
  if (kept === undefined) return write(paths, { ...wanted, isOpen: true });
  const place = toShown(paths.dataDir);
  const others =
    'give the other shop a folder of its own by --data DIR, or forget this one by "npm run reset".';
  if (kept.log !== wanted.log)
    throw new Refusal(
      `The events of ${place} are kept in ${logs[kept.log].name}, and do not move to ` +
        `${logs[wanted.log].name}: start it by ${logs[kept.log].way}, ${others}`,
    );
  const { prefix = wanted.prefix } = kept;
  if (prefix !== wanted.prefix)
    throw new Refusal(
      `The events of ${place} are kept in topics with ${toName(prefix)}, and do not move to those ` +
        `with ${toName(wanted.prefix)}: start it with that, ${others}`,
    );
}

const toName = (prefix = ''): string => (prefix ? `KAFKA_PREFIX=${prefix}` : 'no KAFKA_PREFIX');

/** From now on services tell events in it. */
export const settleEventLog = (paths: Paths, log: EventLog): Promise<void> => write(paths, log);

const write = (paths: Paths, claim: Claim): Promise<void> =>
  writeWhole(paths.eventLog, `${JSON.stringify(claim)}\n`);

/** Undefined for a new folder. The first versions knew one log and wrote nothing down, later ones no prefix. */
async function readEventLog(paths: Paths): Promise<EventLog | undefined> {
  const text = await readFile(paths.eventLog, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const { isOpen, ...log } = JSON.parse(text) as Claim;
    return isOpen ? undefined : log;
  }
  return access(join(paths.postgres, 'PG_VERSION')).then(
    () => ({ log: 'postgres' as const }),
    () => undefined,
  );
}
