import type { z } from 'zod';
import { interpolate, parseCompose, variablesOf, type Compose, type Service } from './compose.ts';
import {
  checkAddresses,
  checkHardening,
  checkImage,
  checkReferences,
  checkSecrets,
} from './container-checks.ts';
import { checkDistributed } from './distributed-checks.ts';
import { distributedSamples, isOfRuntime, namesOf, sampleOf } from './settings.ts';

/** What the compose file must agree with. */
export interface Platform {
  readonly apps: Readonly<Record<string, { readonly port: number; readonly schema: z.ZodType }>>;
  /** What the migrations must be told. */
  readonly migrateNames: readonly string[];
  /** Text of `.env.example`. */
  readonly example: string;
}

/** Everything that is wrong with a compose file, a sentence each. */
export function checkCompose(text: string, platform: Platform): string[] {
  const parsed = parseCompose(text);
  if ('faults' in parsed) return parsed.faults;
  const { compose } = parsed;
  const services = Object.entries(compose.services);
  const portOf = (name: string) => (name === 'postgres' ? 5432 : platform.apps[name]?.port);
  return [
    ...checkApps(compose, platform),
    ...checkMigrations(compose, platform),
    ...services.flatMap(([name, service]) => [
      ...checkImage(name, service),
      ...checkHardening(name, service),
      ...checkSecrets(name, service),
      ...checkReferences(name, service, compose),
      ...checkAddresses(name, service, compose, portOf),
      ...(name in platform.apps || !service.ports ? [] : [`${name} publishes a port`]),
    ]),
    ...checkReach(compose),
    ...checkDistributed(compose, platform.example),
    ...checkExample(text, compose, platform.example),
  ];
}

function checkApps({ services }: Compose, { apps }: Platform): string[] {
  return Object.entries(apps).flatMap(([app, { port, schema }]) => {
    const service = services[app];
    if (!service) return [`${app} has no service`];
    const { build, environment = {}, ports = [] } = service;
    const isBuilt = build?.args?.['APP'] === app && build.target === 'app';
    const published = `127.0.0.1:${port}:${port}`;
    const faults = isBuilt ? [] : [`${app} is not built by target app with APP=${app}`];
    if (environment['PORT'] !== String(port)) faults.push(`${app} does not listen on ${port}`);
    if (ports.length !== 1 || ports[0] !== published) {
      faults.push(`${app} is not published as ${published} alone`);
    }
    return [...faults, ...checkSettings(app, environment, schema)];
  });
}

/** Every name is one that the app knows, and what compose gives makes a valid configuration. */
function checkSettings(
  app: string,
  environment: NonNullable<Service['environment']>,
  schema: z.ZodType,
): string[] {
  const known = namesOf(schema);
  const faults = Object.keys(environment)
    .filter((name) => !known.has(name) && !isOfRuntime(name))
    .map((name) => `${app} knows no setting ${name}`);
  const given = Object.entries(environment).flatMap(([name, value]) =>
    value === null ? [] : [[name, interpolate(String(value), sampleOf)] as const],
  );
  const handedOn = Object.entries(distributedSamples).filter(([name]) => name in environment);
  const settings = [given, [...given, ...handedOn]].map((each) => Object.fromEntries(each));
  const issues = settings.flatMap((each) => schema.safeParse(each).error?.issues ?? []);
  const sentences = issues.map(
    ({ path, message }) => `${app}: ${path.join('.')} is not right: ${message}`,
  );
  return [...faults, ...new Set(sentences)];
}

function checkMigrations({ services }: Compose, { migrateNames }: Platform): string[] {
  const { migrate } = services;
  if (!migrate) return ['migrate has no service'];
  const given = Object.keys(migrate.environment ?? {});
  return [
    ...(migrate.build?.target === 'migrate' ? [] : ['migrate is not built by its target']),
    ...migrateNames.filter((name) => !given.includes(name)).map((name) => `migrate lacks ${name}`),
    ...given
      .filter((name) => !migrateNames.includes(name))
      .map((name) => `migrate knows no setting ${name}`),
  ];
}

/** The storefront and the sandbox reach no database, and databases reach nothing outside. */
function checkReach({ services, networks = {} }: Compose): string[] {
  const kept = Object.keys(networks).filter((network) => network !== 'shop');
  return [
    ...kept
      .filter((network) => !networks[network]?.internal)
      .map((each) => `${each} has a way out`),
    ...['web', 'psp-sandbox']
      .filter((app) => services[app]?.networks?.join() !== 'shop')
      .map((app) => `${app} is on other networks than shop`),
  ];
}

const ofCompose = ['COMPOSE_PROJECT_NAME', 'COMPOSE_PROFILES'];

/** `.env.example` lists what the compose file reads, all of it and nothing else, and no secret's value. */
function checkExample(text: string, { services }: Compose, example: string): string[] {
  const handedOn = Object.values(services).flatMap(({ environment = {} }) =>
    Object.keys(environment).filter((name) => environment[name] === null),
  );
  const used = new Set([...variablesOf(text).map(({ name }) => name), ...handedOn, ...ofCompose]);
  const lines = [...example.matchAll(/^(?<off>#?)(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/gm)];
  const listed = new Map(lines.map(({ groups = {} }) => [groups['name'] ?? '', groups]));
  const required = variablesOf(text).filter(({ isRequired }) => isRequired);
  return [
    ...[...used].filter((name) => !listed.has(name)).map((name) => `.env.example lacks ${name}`),
    ...[...listed.keys()]
      .filter((name) => !used.has(name))
      .map((name) => `.env.example has ${name}, which nothing reads`),
    ...[...new Set(required.map(({ name }) => name))]
      .filter((name) => listed.get(name)?.['off'] || listed.get(name)?.['value'])
      .map((name) => `.env.example must have ${name} empty, to be filled in`),
  ];
}
