import { randomUUID } from 'node:crypto';
import type { Problem } from '@hemline/contracts';
import { findOpenApiFaults } from './openapi.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
};
type Operation = {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json'?: { readonly schema: Schema } };
  };
};
type Document = Record<string, unknown> & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type Asking = { readonly method: string; readonly path: string; readonly token: string };

/** A body is asked for, and what is refused is the field that the document says is refused. */
const pointersOf = async (
  url: string,
  { method, path, token }: Asking,
  body?: object,
): Promise<{ readonly status: number; readonly code: string; readonly pointers: string[] }> => {
  const answer = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
  const { code = '', errors = [] } = isProblem ? ((await answer.json()) as Problem) : {};
  return { status: answer.status, code, pointers: errors.map(({ pointer }) => pointer) };
};

const unknown = 'notAField';

const findFaults = async (url: string, asking: Asking, operation: Operation): Promise<string[]> => {
  const name = `${asking.method} ${asking.path}`;
  const schema = operation.requestBody?.content['application/json']?.schema;
  const faults: string[] = [];
  const expectRefused = async (
    path: string,
    body: object | undefined,
    pointers: readonly string[],
  ): Promise<void> => {
    const answer = await pointersOf(url, { ...asking, path }, body);
    for (const pointer of pointers) {
      if (answer.status === 400 && answer.pointers.includes(pointer)) continue;
      faults.push(`${name} answers ${answer.status} ${answer.code}, does not name ${pointer}`);
    }
  };
  const { code } = await pointersOf(url, asking, schema && {});
  if (code === 'not_found') faults.push(`${name} is documented and not there`);
  if (schema?.properties) {
    const required = (schema.required ?? []).map((field) => `#/${field}`);
    await expectRefused(asking.path, {}, required);
    await expectRefused(asking.path, { [unknown]: 1 }, [`#/${unknown}`]);
  }
  if (operation.parameters.some((parameter) => parameter.in === 'query')) {
    await expectRefused(`${asking.path}?${unknown}=1`, schema && {}, [`#/query/${unknown}`]);
  }
  return faults;
};

/**
 * Asks each route that a service's `/openapi.json` tells of whether it is there, needs what it is said
 * to need and refuses what is not in the document; tells where it does otherwise, and where the document
 * is not valid OpenAPI. `token` is one that every guard lets as far as the validation.
 */
export const findDocumentationFaults = async (url: string, token: string): Promise<string[]> => {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const faults = await findOpenApiFaults(document);
  for (const [template, operations] of Object.entries(document.paths)) {
    const path = template.replace(/\{[a-zA-Z]+\}/g, () => randomUUID());
    for (const [method, operation] of Object.entries(operations)) {
      const asking = { method: method.toUpperCase(), path, token };
      faults.push(...(await findFaults(url, asking, operation)));
    }
  }
  return faults;
};
