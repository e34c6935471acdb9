import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeWhole } from './files.ts';
import { Refusal } from '../refusal.ts';
import { databases, dataApps } from '../topology.ts';

/** Made once for each data folder, so no two installations share one and none is in the code. */
export interface Secrets {
  /** Of the superuser, of each database's owner, and of each app's own role. */
  readonly databasePasswords: Readonly<Record<string, string>>;
  readonly pspSecretKey: string;
  readonly pspWebhookSecret: string;
  readonly tokenSecret: string;
  readonly redisPassword: string;
  /** Signs staff tokens; services get the public half. */
  readonly staffKey: { readonly private: JsonWebKey; readonly public: StaffJwk };
}

export type StaffJwk = JsonWebKey & { readonly kid: string; readonly alg: 'EdDSA' };

export async function loadSecrets(file: string): Promise<Secrets> {
  const kept = await readSecrets(file);
  const fresh = makeSecrets();
  // A later version may need a secret that an earlier one did not make.
  const secrets = {
    ...fresh,
    ...kept,
    databasePasswords: { ...fresh.databasePasswords, ...kept?.databasePasswords },
  };
  if (JSON.stringify(secrets) !== JSON.stringify(kept)) {
    await writeWhole(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  }
  return secrets;
}

/** Undefined when there are none yet. */
export async function readSecrets(file: string): Promise<Secrets | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Refusal(
      `${file} cannot be read (${(error as Error).message}); without it the data cannot be ` +
        'opened: put it back, or forget the data by "npm run reset".',
    );
  }
}

function makeSecrets(): Secrets {
  const roles = ['postgres', ...databases.map((name) => `${name}_owner`), ...dataApps];
  return {
    databasePasswords: Object.fromEntries(roles.map((role) => [role, randomText()])),
    pspSecretKey: `sk_test_${randomText()}`,
    pspWebhookSecret: `whsec_${randomText()}`,
    tokenSecret: randomText(),
    redisPassword: randomText(),
    staffKey: makeStaffKey(),
  };
}

const randomText = () => randomBytes(32).toString('base64url');

function makeStaffKey(): Secrets['staffKey'] {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const names = { kid: `staff-${randomBytes(6).toString('hex')}`, alg: 'EdDSA' } as const;
  return {
    private: { ...privateKey.export({ format: 'jwk' }), ...names },
    public: { ...publicKey.export({ format: 'jwk' }), ...names },
  };
}
