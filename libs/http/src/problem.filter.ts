import type { Logger } from '@hemline/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, throwError } from 'rxjs';
import { type Problems, toProblem } from './problems.ts';

/** Turns every error into one problem document; an event handler's error goes on to the transport. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly problems: Problems,
    private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() === 'rpc') return throwError(() => error);
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest(), http.getResponse(), this.problems, this.logger);
  }
}

export const sendProblem = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  problems: Problems,
  logger: Logger,
): void => {
  const path = request.url.split('?', 1)[0] ?? '/';
  const { problem, retryAfter } = toProblem(
    error,
    problems,
    path,
    String(reply.getHeader('Trace-Id') ?? ''),
  );
  if (problem.status >= 500) logger.error({ err: error, path }, problem.title);
  if (retryAfter !== undefined) void reply.header('Retry-After', String(retryAfter));
  if (problem.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  void reply
    .status(problem.status)
    .header('Content-Type', 'application/problem+json')
    .header('Cache-Control', 'no-store')
    .send(JSON.stringify(problem));
};
