import type { Problem } from '@hemline/contracts';
import { HttpException } from '@nestjs/common';
import { DomainError } from './domain-error.ts';

/** Every error code of a service → the status and title of its problem document. */
export type Problems = Readonly<
  Record<string, { readonly status: number; readonly title: string }>
>;

export const baseProblems = {
  'request.invalid': { status: 400, title: 'The request is not valid' },
  'request.malformed': { status: 400, title: 'The request cannot be read' },
  'request.too_deep': { status: 400, title: 'The body is nested too deeply' },
  'request.too_large': { status: 413, title: 'The body is too large' },
  'request.unsupported_media_type': { status: 415, title: 'This media type is not taken here' },
  'request.method_not_allowed': { status: 405, title: 'The method is not allowed' },
  'auth.required': { status: 401, title: 'Credentials are missing or not valid' },
  'auth.forbidden': { status: 403, title: 'These credentials do not allow this' },
  not_found: { status: 404, title: 'There is nothing here' },
  'service.overloaded': { status: 503, title: 'Too busy to take this on now' },
  'service.unavailable': { status: 503, title: 'A part that this needs is not available' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} satisfies Problems;

/** What Fastify, its parsers and PostgreSQL's pool throw → our codes. */
const foreignCodes: Readonly<Record<string, keyof typeof baseProblems>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_BAD_URL: 'request.malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

const codeForStatus = (status: number): keyof typeof baseProblems => {
  const entry = Object.entries(baseProblems).find(([, problem]) => problem.status === status);
  if (entry) return entry[0] as keyof typeof baseProblems;
  return status < 500 ? 'request.invalid' : 'internal';
};

const toDomainError = (error: unknown): DomainError => {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpException) return new DomainError(codeForStatus(error.getStatus()));
  const { code, statusCode, message } = error as {
    code?: string;
    statusCode?: number;
    message?: string;
  };
  const known = code === undefined ? undefined : foreignCodes[code];
  if (known) return new DomainError(known, message ? { detail: message } : {});
  if (statusCode === 503) return new DomainError('service.unavailable', { retryAfter: 1 });
  if (statusCode !== undefined && statusCode < 500)
    return new DomainError(codeForStatus(statusCode));
  return new DomainError('internal');
};

/** The problem document of any error: RFC 9457, with nothing of our insides for what is unknown. */
export const toProblem = (
  thrown: unknown,
  problems: Problems,
  instance: string,
  traceId: string,
): { readonly problem: Problem; readonly retryAfter?: number } => {
  const { code, details } = toDomainError(thrown);
  const entry = problems[code] ?? baseProblems.internal;
  const known = code in problems;
  const { retryAfter, ...members } = known ? details : {};
  const problem: Problem = {
    type: `urn:hemline:problem:${known ? code : 'internal'}`,
    title: entry.title,
    status: entry.status,
    instance,
    code: known ? code : 'internal',
    traceId,
    ...members,
  };
  const wait = retryAfter ?? (entry.status === 503 || entry.status === 429 ? 1 : undefined);
  return wait === undefined ? { problem } : { problem, retryAfter: wait };
};
