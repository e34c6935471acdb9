import { Validator } from '@seriousme/openapi-schema-validator';
import { type AnySchema, Ajv2020 } from 'ajv/dist/2020.js';

const schemasOf = (value: unknown): unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'schema' ? [part] : schemasOf(part),
  );
};

/**
 * Where a document is not OpenAPI 3.1. That standard leaves the schemas inside to JSON Schema, so
 * they are held to it apart.
 */
export const findOpenApiFaults = async (document: Record<string, unknown>): Promise<string[]> => {
  const validator = new Validator({ allErrors: true });
  const { errors = [] } = await validator.validate(structuredClone(document));
  if (typeof errors === 'string') return [errors];
  const faults = errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  if (validator.version !== '3.1') faults.push(`the version is ${validator.version}`);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of schemasOf(document)) {
    if (!ajv.validateSchema(schema as AnySchema)) faults.push(ajv.errorsText());
  }
  return faults;
};

/** The same of the document that a running service answers. */
export const findOpenApiFaultsAt = async (url: string): Promise<string[]> =>
  findOpenApiFaults((await (await fetch(`${url}/openapi.json`)).json()) as Record<string, unknown>);
