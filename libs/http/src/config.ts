import { z } from 'zod';

/** Settings that every service has. Spread into the app's own schema in its `config.ts`. */
export const baseConfigShape = {
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default('0.0.0.0'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SERVICE_VERSION: z.string().default('0.1.0'),
  GIT_COMMIT: z.string().default('unknown'),
  /** Requests under way at once, above which new ones are turned away with 503. */
  MAX_IN_FLIGHT: z.coerce.number().int().positive().default(256),
};

const baseConfig = z.object(baseConfigShape);
export type BaseConfig = z.infer<typeof baseConfig>;

export class ConfigError extends Error {}

/** Parses the environment once. Every fault is named, together; values are never printed. */
export const readConfig = <Schema extends z.ZodType>(
  service: string,
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.infer<Schema> => {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, code }) => {
    const name = path.join('.');
    return `  ${name}: ${env[name] === undefined ? 'is missing' : `is not valid (${code})`}`;
  });
  throw new ConfigError(
    `${service} cannot start, as its environment is wrong:\n${faults.join('\n')}`,
  );
};
