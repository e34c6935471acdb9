import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toPaths } from '../infra/local/src/folder/data-folder.ts';
import { Refusal } from '../infra/local/src/refusal.ts';
import { readSecrets } from '../infra/local/src/folder/secrets.ts';
import { signStaffToken } from '../infra/local/src/folder/staff-token.ts';

/** `npm run token -- --role admin [--subject NAME] [--data DIR] [--ttl 1h]` prints a staff token. */
const usage = 'Usage: npm run token -- --role admin [--subject NAME] [--data DIR] [--ttl 1h]';
const roles = ['admin', 'support'];
const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

try {
  const { role, subject, data, ttl } = readOptions();
  const dataDir = resolve(data ?? resolve(import.meta.dirname, '..', '.hemline'));
  const secrets = await readSecrets(toPaths(dataDir).secrets);
  if (!secrets) throw new Refusal(`No shop has been started in ${dataDir} yet; run "npm start".`);
  console.log(signStaffToken(secrets.staffKey, { role, subject, ttlSeconds: toSeconds(ttl) }));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { role: text, subject: text, data: text, ttl: text } });
    const { role, data, ttl = '1h' } = values;
    const { subject = `local:${role}` } = values;
    if (subject === '') throw new Error('--subject must name somebody.');
    if (role && roles.includes(role)) return { role, subject, data, ttl };
    throw new Error(`--role must be ${roles.join(' or ')}.`);
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n${usage}`, 2);
  }
}

function toSeconds(ttl: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(ttl) ?? [];
  if (!count) throw new Refusal(`--ttl must be like 90s, 15m, 1h or 7d, not "${ttl}".`, 2);
  return Number(count) * units[unit as keyof typeof units];
}
