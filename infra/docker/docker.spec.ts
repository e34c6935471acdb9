import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { requiredNames } from '../local/src/migrate.ts';
import { apps, toPorts } from '../local/src/topology.ts';
import { checkCompose, type Platform } from './compose-checks.ts';
import { makeContext } from './context.ts';
import { checkDockerfile, type Repository } from './dockerfile.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const ports = toPorts(3000);
const manifest = JSON.parse(read('package.json')) as {
  workspaces: string[];
  devDependencies: { node: string };
};

/** The apps that there are, by their folders; the launcher's list of them may not lag behind. */
const folders = globSync('apps/*/src/main.ts', { cwd: root }).map(
  (path) => path.split('/')[1] ?? '',
);

const schemaOf = async (app: string) =>
  ((await import(join(root, 'apps', app, 'src/config.ts'))) as { configSchema: z.ZodType })
    .configSchema;

const example = read('.env.example');
const platform: Platform = {
  apps: Object.fromEntries(
    await Promise.all(
      folders.map(async (app) => {
        const port = ports[app as keyof typeof ports];
        return [app, { port, schema: await schemaOf(app) }] as const;
      }),
    ),
  ),
  migrateNames: requiredNames(),
  example,
};

const context = makeContext(root, read('.dockerignore'));
const repository: Repository = {
  apps: folders,
  workspaces: globSync(
    manifest.workspaces.map((folder) => `${folder}/package.json`),
    { cwd: root },
  ).map(dirname),
  migrated: folders.filter((app) => existsSync(join(root, 'apps', app, 'migrations'))),
  nodeVersion: manifest.devDependencies.node,
  isInContext: context,
};

const compose = read('docker-compose.yml');
const dockerfile = read('infra/docker/Dockerfile');

/** A file with one thing changed; a row that changes nothing would show nothing. */
function change(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${String(from)} is not there`);
  return changed;
}

describe('docker-compose.yml', () => {
  it('agrees with the compose schema, the apps’ settings, the documented ports and itself', () => {
    expect(folders.toSorted()).toEqual(apps.toSorted());
    expect(checkCompose(compose, platform)).toEqual([]);
  });

  it.each<[string, string | RegExp, string, string]>([
    ['broken YAML', 'services:\n', 'services: [\n', 'at line'],
    ['a key that compose does not know', 'init: true', 'innit: true', '"innit"'],
    ['an app without a service', '\n  cart:\n', '\n  kart:\n', 'cart has no service'],
    ['another app in its place', 'APP: cart', 'APP: catalog', 'cart is not built by target app'],
    ['another port inside', "PORT: '3002'", "PORT: '8080'", 'cart does not listen on 3002'],
    [
      'a port open to everybody',
      '127.0.0.1:3003:3003',
      '3003:3003',
      'payments is not published as',
    ],
    ['a setting that does not exist', 'JOURNAL_PATH:', 'JOURNAL:', 'knows no setting JOURNAL'],
    [
      'a setting that is missing',
      /^ +TOKEN_SECRET:.*\n/m,
      '',
      'payments: TOKEN_SECRET is not right',
    ],
    ['a setting of the wrong form', ':-postgres}', ':-rabbit}', 'EVENTS is not right'],
    [
      'a password for migrations left out',
      /^ +CART_OWNER_PASSWORD:.*\n/m,
      '',
      'migrate lacks CART_O',
    ],
    ['an image that moves', 'postgres:18.6-bookworm', 'postgres:latest', 'no exact version'],
    ['an image of a major version', 'redis:8.8.0-bookworm', 'redis:8', 'no exact version'],
    ['an image without a version', 'apache/kafka:4.3.1', 'apache/kafka', 'no exact version'],
    ['a secret written out', '${TOKEN_SECRET:?}', 'b'.repeat(40), 'secret in TOKEN_SECRET must'],
    [
      'a secret with a default',
      '${PSP_SECRET_KEY:?}',
      '${PSP_SECRET_KEY:-sk_test_1}',
      'must be dem',
    ],
    ['a password in a URL', 'cart:${CART_PASSWORD:?}@', 'cart:hunter2@', 'secret in DATABASE_URL'],
    [
      'a file with all secrets',
      '  init: true',
      '  init: true\n  env_file: .env',
      'single variables',
    ],
    ['a writable root', 'read_only: true', 'read_only: false', 'web has a read-only root'],
    ['capabilities', 'cap_drop: [ALL]', 'cap_drop: [NET_RAW]', 'drops all capabilities'],
    ['one more capability', 'cap_drop: [ALL]', 'cap_drop: [ALL]\n  cap_add: [CHOWN]', 'drops all'],
    ['new privileges', /^ +security_opt:.*\n/m, '', 'gains no privileges'],
    ['root', "user: '999:999'", "user: '0:0'", 'does not run as root'],
    [
      'limits in two ways',
      'init: true',
      'init: true\n  deploy: { replicas: 2 }',
      'without a deploy section',
    ],
    ['no limits', /^ +mem_limit: 512m\n/m, '', 'has limits of CPU and memory'],
    ['no health check', /^ {2}healthcheck:\n(?: {4}.*\n)+/m, '', 'web has a health check'],
    [
      'waiting for what is not there',
      'migrate: { cond',
      'migrations: { cond',
      'waits for migrations',
    ],
    ['waiting for a job that never ends', "restart: 'no'", 'restart: always', 'what it never is'],
    ['an undeclared volume', 'psp:/data', 'pspp:/data', 'pspp is no named volume'],
    ['a folder of the host', "'images:/data'", "'./images:/data'", './images is no named volume'],
    ['an undeclared network', 'networks: [cache]', 'networks: [far]', 'no network far'],
    ['Kafka out of reach', 'data, events, cache]', 'data, cache]', 'catalog cannot reach kafka'],
    ['Redis within reach', 'networks: [cache]', 'networks: [data]', 'cart is not told of, and can'],
    ['no way to name Kafka', /^ +KAFKA_BROKERS:\n/m, '', 'KAFKA_BROKERS is not right'],
    ['topics that nobody makes', 'kafka/make-topics', 'kafka/topics', 'topics makes no topics'],
    ['topics without a Kafka', 'kafka: { cond', 'postgres: { cond', 'does not wait for kafka'],
    ['an address that leads nowhere', '//catalog:3001', '//katalog:3001', 'leads to katalog'],
    ['an address with a wrong port', '//payments:3003', '//payments:3004', 'leads to port 3004'],
    [
      'another service’s database',
      '5432/images',
      '5432/payments',
      'not of its own role and database',
    ],
    [
      'a storefront beside databases',
      'networks: [shop]',
      'networks: [shop, data]',
      'web is on other',
    ],
    [
      'a network of databases with a way out',
      'data: { internal: true }',
      'data: {}',
      'has a way out',
    ],
    [
      'a database that is published',
      'shm_size: 128m',
      "ports: ['5432:5432']",
      'postgres publishes',
    ],
    ['a variable that is not documented', ':-info}', ':-info}${MORE:-}', '.env.example lacks MORE'],
  ])('would be refused for %s', (_, from, to, fault) => {
    expect(checkCompose(change(compose, from, to), platform).join('\n')).toContain(fault);
  });

  it.each<[string, string, string, string]>([
    ['lacks a variable', 'CART_PASSWORD=\n', '', '.env.example lacks CART_PASSWORD'],
    ['gives a secret', 'TOKEN_SECRET=\n', 'TOKEN_SECRET=dev\n', 'must have TOKEN_SECRET empty'],
    ['has what nothing reads', '#LOG_LEVEL', '#LOGLEVEL=1\n#LOG_LEVEL', 'LOGLEVEL, which nothing'],
  ])('would be refused if .env.example %s', (_, from, to, fault) => {
    const changed = { ...platform, example: change(example, from, to) };
    expect(checkCompose(compose, changed).join('\n')).toContain(fault);
  });
});

describe('the Dockerfile', () => {
  it('copies what is there, installs by the lock file alone, and runs Node without root', () => {
    expect(checkDockerfile(dockerfile, repository)).toEqual([]);
  });

  it.each<[string, string | RegExp, string, string]>([
    ['a base that moves', /node:[\w.-]+ AS/, 'node:latest AS', 'no exact version'],
    ['another Node', /node:[\w.-]+ AS/, 'node:22.1.0-bookworm-slim AS', 'is not the Node of'],
    ['a source that is not there', 'COPY libs libs', 'COPY lib libs', 'copies lib, which'],
    ['a source that is ignored', 'COPY libs libs', 'COPY .env.example libs', 'does not reach'],
    ['the whole repository', 'COPY libs libs', 'COPY .git libs', 'copies .git, which'],
    ['a stage that is not there', '--from=build-app', '--from=builder', 'is no earlier stage'],
    ['a workspace left out', /COPY libs\/money.*\n/, '', 'manifests lacks libs/money/package.json'],
    ['migrations left out', /COPY apps\/cart\/migr.*\n/, '', 'migrate lacks apps/cart/migrations'],
    ['install scripts', ' --ignore-scripts', '', 'not npm ci --ignore-scripts'],
    ['another install', 'npm ci', 'npm install', 'not npm ci --ignore-scripts'],
    ['a download', 'COPY libs libs', 'ADD https://example.org/libs libs', 'use COPY'],
    ['a secret', 'ENV NODE_ENV=production', 'ENV NODE_ENV=production NPM_TOKEN=1', 'stay in the'],
    ['root', 'USER 1000:1000', 'USER root', 'app runs as a numbered account'],
    ['root again, later', 'HEALTHCHECK --', 'USER 0:0\nHEALTHCHECK --', 'not so: app runs as'],
    ['a shell', /CMD \["node", "--max.*/, 'CMD node dist/main.js', 'app starts Node without'],
    ['another signal', 'STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGKILL', 'is stopped by SIGTERM'],
    ['no health check', /HEALTHCHECK --.*\n.*\n/, '', 'app says how its health is checked'],
    ['development', 'NODE_ENV=production', 'NODE_ENV=development', 'app is for production'],
    ['another last stage', /$/, '\nFROM base AS more\n', 'is not app'],
  ])('would be refused for %s', (_, from, to, fault) => {
    expect(checkDockerfile(change(dockerfile, from, to), repository).join('\n')).toContain(fault);
  });
});

describe('what reaches the builder', () => {
  it.each([
    'package.json',
    'apps/cart/src/main.ts',
    'libs/http/src',
    'infra/docker/healthcheck.js',
  ])('has %s', (path) => expect(context(path)).toBe(true));

  it.each([
    '.git',
    '.env.example',
    'README.md',
    'node_modules/zod',
    'apps/cart/test',
    'libs/http/dist/index.js',
    'infra/docker/docker.spec.ts',
  ])('has no %s', (path) =>
    expect([existsSync(join(root, path)), context(path)]).toEqual([true, false]),
  );
});
