import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from './domain-error.ts';

type Issue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  /** zod: the names of fields that the schema does not know. */
  readonly keys?: readonly string[];
};

const places = { body: '', query: '/query', param: '/path', custom: '' } as const;
const maxErrors = 50;

const escapePointer = (key: PropertyKey): string =>
  String(key).replaceAll('~', '~0').replaceAll('/', '~1');

const toErrors = (issue: Issue, place: string): { pointer: string; detail: string }[] => {
  const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const at = `#${place}${path.map((key) => `/${escapePointer(key)}`).join('')}`;
  if (!issue.keys) return [{ pointer: at, detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: `${at}/${escapePointer(key)}`,
    detail: `unknown field ${key}`,
  }));
};

/** Checks each argument that has a schema, and says of every fault where it stands. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (!schema) return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    const errors = (result.issues as readonly Issue[]).flatMap((issue) =>
      toErrors(issue, places[type]),
    );
    throw new DomainError('request.invalid', {
      detail: errors[0] ? `${errors[0].pointer}: ${errors[0].detail}` : 'not valid',
      errors: errors.slice(0, maxErrors),
    });
  }
}
