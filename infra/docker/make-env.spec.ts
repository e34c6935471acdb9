import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadSecrets, type Secrets } from '../local/src/folder/secrets.ts';
import { requiredNames } from '../local/src/migrate.ts';
import { variablesOf } from './compose.ts';
import { distributedSamples } from './settings.ts';
import { distribute, fillExample } from './make-env.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
let folder: string;
let secrets: Secrets;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-env-'));
  secrets = await loadSecrets(join(folder, 'secrets.json'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the environment made for compose', () => {
  it('has a value for every variable that compose demands, fit to stand in a URL', () => {
    const env = parseEnv(fillExample(read('.env.example'), secrets));
    const demanded = variablesOf(read('docker-compose.yml')).filter((each) => each.isRequired);
    for (const { name } of demanded) expect([name, env[name]]).toEqual([name, expect.any(String)]);
    for (const name of requiredNames().filter((each) => each.endsWith('_PASSWORD'))) {
      expect(env[name]).toMatch(/^[\w-]{40,}$/);
    }
    expect(JSON.parse(env['STAFF_JWKS'] ?? '')).toEqual({ keys: [secrets.staffKey.public] });
    expect(env['COMPOSE_PROFILES']).toBe('sandbox');
  });

  it('asks for Kafka and Redis where the shop is distributed', () => {
    const env = parseEnv(distribute(fillExample(read('.env.example'), secrets)));
    expect(env).toMatchObject({ COMPOSE_PROFILES: 'sandbox,distributed', ...distributedSamples });
    expect(env['KAFKA_USERNAME']).toBeUndefined();
  });

  it('says so when the example asks for what nobody knows', () => {
    expect(() => fillExample('NEW_SECRET=\n', secrets)).toThrow('NEW_SECRET');
  });
});
