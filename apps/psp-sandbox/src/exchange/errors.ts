import { DomainError } from '@hemline/http';
import { type StripeErrorFields, StripeError, invalidParam } from '../stripe/stripe-error.ts';

type Fault = { readonly pointer: string; readonly detail: string };

/** `#/metadata/order_id` → `metadata[order_id]`, as Stripe names a parameter. */
const toParam = (pointer: string): string[] =>
  pointer
    .replace(/^#(\/query|\/path)?\/?/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const valueAt = (given: unknown, path: readonly string[]): unknown => {
  let at = given;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as { [name: string]: unknown })[name];
  }
  return at;
};

/** What the schemas say of a parameter, in the words that Stripe has for it. */
const toInvalidParam = ({ pointer, detail }: Fault, given: unknown): StripeError => {
  const path = toParam(pointer);
  const [first = '', ...rest] = path;
  const param = first + rest.map((part) => `[${part}]`).join('');
  const value = valueAt(given, path);
  if (detail.startsWith('unknown field')) {
    return invalidParam(
      `Received unknown parameter: ${param} (the sandbox knows a part of Stripe's parameters)`,
      param,
      'parameter_unknown',
    );
  }
  if (value === undefined) {
    return invalidParam(`Missing required param: ${param}.`, param, 'parameter_missing');
  }
  if (value === '') {
    return invalidParam(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset.`,
      param,
      'parameter_invalid_empty',
    );
  }
  const code = detail.startsWith('Invalid integer') ? 'parameter_invalid_integer' : undefined;
  return invalidParam(`${detail}: ${param}`, param, code);
};

/** Any error of a request under `/v1` as the one that Stripe would answer, or undefined if unknown. */
export const toStripeError = (error: unknown, given: unknown): StripeError | undefined => {
  if (error instanceof StripeError) return error;
  if (error instanceof DomainError && error.code === 'request.invalid') {
    const [fault] = error.details.errors ?? [];
    if (fault) return toInvalidParam(fault, given);
  }
  return undefined;
};

type ProblemDocument = {
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
};

/** What was refused before it came to a controller (too large, too busy, not a form, no such path). */
export const problemToStripe = (
  { status, title, detail }: ProblemDocument,
  { method, path }: { readonly method: string; readonly path: string },
): { readonly error: StripeErrorFields } => ({
  error: {
    type: status >= 500 ? 'api_error' : 'invalid_request_error',
    ...(status === 429 && { code: 'rate_limit' }),
    message:
      status === 404
        ? `Unrecognized request URL (${method}: ${path}). The sandbox has a part of Stripe's API; see its /openapi.json.`
        : (detail ?? title),
  },
});
