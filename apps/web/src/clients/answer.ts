import { type Problem, problemSchema } from '@hemline/contracts';
import { type ClientResponse, ServiceUnavailable } from '@hemline/http';
import type { z } from 'zod';

/** What a service said: what was asked for, or a refusal that the page has to explain. */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value; readonly status: number }
  | { readonly kind: 'refused'; readonly problem: Problem };

/**
 * Reads an answer by its contract. A server's fault (5xx, or an answer that is not as agreed) is the
 * same to a page as no answer at all.
 */
export const readAnswer = <Value>(
  service: string,
  response: ClientResponse,
  schema: z.ZodType<Value>,
): Answer<Value> => {
  const { status, body } = response;
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new ServiceUnavailable(service, parsed.error);
    return { kind: 'ok', value: parsed.data, status };
  }
  const problem = problemSchema.loose().safeParse(body);
  if (status >= 500 || !problem.success) throw new ServiceUnavailable(service, body);
  return { kind: 'refused', problem: problem.data };
};

/** For calls whose refusal the caller could do nothing about. */
export const valueOrThrow = <Value>(service: string, answer: Answer<Value>): Value => {
  if (answer.kind === 'ok') return answer.value;
  throw new ServiceUnavailable(service, answer.problem);
};
