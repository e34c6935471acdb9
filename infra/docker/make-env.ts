import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDataFolder, toPaths } from '../local/src/folder/data-folder.ts';
import { loadSecrets, type Secrets } from '../local/src/folder/secrets.ts';
import { Refusal } from '../local/src/refusal.ts';

/** Fills the empty lines of `.env.example` with an installation's secrets. */
export function fillExample(example: string, secrets: Secrets): string {
  const { databasePasswords, pspSecretKey, pspWebhookSecret, tokenSecret, staffKey } = secrets;
  const passwords = Object.entries(databasePasswords).map(
    ([role, password]) => [`${role.toUpperCase()}_PASSWORD`, password] as const,
  );
  const values = new Map([
    ...passwords,
    ['PSP_SECRET_KEY', pspSecretKey],
    ['PSP_WEBHOOK_SECRETS', pspWebhookSecret],
    ['TOKEN_SECRET', tokenSecret],
    ['STAFF_JWKS', `'${JSON.stringify({ keys: [staffKey.public] })}'`],
  ]);
  return example.replaceAll(/^([A-Z_]+)=$/gm, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`Nothing is known to put into ${name}`);
    return `${name}=${value}`;
  });
}

const distributed = ['EVENTS', 'KAFKA_BROKERS', 'REDIS_URL'];

/** Asks for Kafka and Redis: their profile, and where they are. */
export function distribute(env: string): string {
  return env
    .replace(/^(COMPOSE_PROFILES=.*)$/m, '$1,distributed')
    .replaceAll(new RegExp(`^#((?:${distributed.join('|')})=)`, 'gm'), '$1');
}

/** `npm run docker:env` makes `.env`, unless there is one. */
async function makeEnv(home: string, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { distributed: { type: 'boolean' } } });
  // A folder of its own: these databases are others than those of `npm start`.
  const paths = toPaths(join(home, '.hemline-docker'));
  await makeDataFolder(paths);
  const example = await readFile(join(home, '.env.example'), 'utf8');
  const filled = fillExample(example, await loadSecrets(paths.secrets));
  const text = values.distributed ? distribute(filled) : filled;
  await writeFile(join(home, '.env'), text, { flag: 'wx', mode: 0o600 }).catch((error: Error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Refusal('.env is there already; remove it first, if it shall be made anew.');
  });
}

if (import.meta.main) {
  try {
    await makeEnv(resolve(import.meta.dirname, '../..'), process.argv.slice(2));
    console.log(
      '.env is made. Tokens for the back office: npm run token -- --data .hemline-docker',
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
