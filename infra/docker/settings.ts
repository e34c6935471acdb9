import { z } from 'zod';

type JsonSchema = {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
};

/** All names that an app's `configSchema` knows, in whichever of its alternatives. */
export function namesOf(schema: z.ZodType): ReadonlySet<string> {
  return new Set(collect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));
}

function collect(schema: JsonSchema): string[] {
  const { properties = {}, allOf = [], anyOf = [], oneOf = [] } = schema;
  return [...Object.keys(properties), ...[...allOf, ...anyOf, ...oneOf].flatMap(collect)];
}

/** What the runtime and OpenTelemetry read by themselves. */
export const isOfRuntime = (name: string): boolean =>
  name === 'NODE_ENV' || name === 'NODE_OPTIONS' || name.startsWith('OTEL_');

/** A value of the right form for a variable that whoever deploys fills in. */
export const sampleOf = (name: string): string =>
  name === 'STAFF_JWKS' ? '{"keys":[]}' : 'x'.repeat(40);

/** What `.env` says for the profile `distributed`. */
export const distributedSamples = {
  EVENTS: 'kafka',
  KAFKA_BROKERS: 'kafka:9092',
  REDIS_URL: 'redis://redis:6379',
};
