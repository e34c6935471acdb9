import { interpolate, type Compose, type Service } from './compose.ts';
import { sampleOf } from './settings.ts';

// What holds for each service of a compose file by itself. A fault is a sentence.

export function checkImage(name: string, { image = '', build }: Service): string[] {
  if (!build) return isPinned(image) ? [] : [`${name}: image ${image} has no exact version`];
  return [
    ...(build.dockerfile === 'infra/docker/Dockerfile' ? [] : [`${name} has another Dockerfile`]),
    ...(image.startsWith(`hemline/${build.target === 'migrate' ? 'migrate' : name}:`)
      ? []
      : [`${name}: its image has another name`]),
  ];
}

/** By a version of two numbers at least, as 18.6 or 4.3.1, or by a digest. */
export const isPinned = (image: string): boolean =>
  /^[a-z0-9./-]+:v?\d+\.\d+[\w.-]*(?:@sha256:[0-9a-f]{64})?$/.test(image);

/** Kafka's image writes its configuration beside its code. */
const writesToItself = new Set(['kafka']);

export function checkHardening(name: string, service: Service): string[] {
  const isJob = service.restart === 'no';
  const demands: [string, boolean][] = [
    ['has a read-only root', service.read_only === true || writesToItself.has(name)],
    ['drops all capabilities', service.cap_drop?.includes('ALL') === true && !service.cap_add],
    ['gains no privileges', service.security_opt?.includes('no-new-privileges:true') === true],
    ['is not privileged', service.privileged !== true],
    ['does not run as root', !/^(?:root|0)(?:\W|$)/.test(service.user ?? '')],
    ['has limits of CPU and memory', Boolean(service.cpus && service.mem_limit)],
    ['has a limit of processes', (service.pids_limit ?? 0) > 0],
    // Compose refuses the two ways to limit a service beside each other.
    ['is limited without a deploy section', service.deploy === undefined],
    ['says when it is restarted', service.restart !== undefined],
    ['has a health check', isJob || hasHealthcheck(service)],
    ['is given single variables, not a whole file', service.env_file === undefined],
  ];
  return demands.filter(([, holds]) => !holds).map(([demand]) => `not so: ${name} ${demand}`);
}

const hasHealthcheck = ({ healthcheck }: Service) =>
  healthcheck?.test !== undefined && healthcheck.disable !== true;

const secretName = /PASSWORD|SECRET|KEY|TOKEN|JWKS/;
const demanded = /^\$\{[A-Z0-9_]+:\?[^}]*\}$/;

/** A secret is a variable that must be given, or one that is handed on; never a value or a default. */
export function checkSecrets(name: string, { environment = {} }: Service): string[] {
  return Object.entries(environment).flatMap(([key, value]) => {
    if (value === null) return [];
    const text = String(value);
    const [, password] = /^\w+:\/\/[^:/@]*:(.*)@[^@]*$/.exec(text) ?? [];
    const secret = secretName.test(key) ? text : password;
    if (secret === undefined || demanded.test(secret)) return [];
    return [`${name}: the secret in ${key} must be demanded by \${…:?}`];
  });
}

export function checkReferences(name: string, service: Service, compose: Compose): string[] {
  const { depends_on = {}, networks = [], volumes = [] } = service;
  const faults = Object.entries(depends_on).flatMap(([other, { condition }]) => {
    const target = compose.services[other];
    if (!target) return [`${name} waits for ${other}, which is not there`];
    const canBe =
      condition === 'service_healthy'
        ? hasHealthcheck(target)
        : condition !== 'service_completed_successfully' || target.restart === 'no';
    return canBe ? [] : [`${name} waits for ${other} to be what it never is: ${condition}`];
  });
  if (networks.length === 0) faults.push(`${name} is on the default network`);
  for (const network of networks) {
    if (!(network in (compose.networks ?? {}))) faults.push(`${name}: no network ${network}`);
  }
  for (const volume of volumes) {
    const [source = ''] = typeof volume === 'string' ? volume.split(':') : [''];
    if (!(source in (compose.volumes ?? {}))) faults.push(`${name}: ${source} is no named volume`);
  }
  return faults;
}

/** Whoever is named in a URL is there, on that port, and on a network of ours. */
export function checkAddresses(
  name: string,
  { environment = {}, networks = [] }: Service,
  { services }: Compose,
  portOf: (service: string) => number | undefined,
): string[] {
  return Object.entries(environment).flatMap(([key, value]) => {
    const text = interpolate(String(value ?? ''), sampleOf);
    if (!/^(?:https?|postgres):\/\//.test(text)) return [];
    const { protocol, hostname, port, username, pathname } = new URL(text);
    if (hostname === '127.0.0.1') return [];
    const target = services[hostname];
    if (!target) return [`${name}: ${key} leads to ${hostname}, which is not there`];
    const expected = String(portOf(hostname));
    const faults = port === expected ? [] : [`${name}: ${key} leads to port ${port}`];
    if (!target.networks?.some((network) => networks.includes(network))) {
      faults.push(`${name}: ${key} leads to ${hostname}, which it cannot reach`);
    }
    const isOwn = username === name && [`/${name}`, '/events'].includes(pathname);
    if (protocol === 'postgres:' && name !== 'migrate' && !isOwn) {
      faults.push(`${name}: ${key} is not of its own role and database`);
    }
    return faults;
  });
}
