import { DomainError } from '@hemline/http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.ts';
import { hasSecretKey, holdsCardNumber } from '../exchange/secret-key.guard.ts';

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);

/**
 * Lets in callers on this machine and callers with the secret key. A page of some other site that runs
 * in a browser on this machine is neither.
 */
@Injectable()
export class LocalGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request: FastifyRequest = context.switchToHttp().getRequest();
    const site = request.headers['sec-fetch-site'];
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    const isLocal = isLoopback(request.socket.remoteAddress) && !isForeign;
    if (!isLocal && !hasSecretKey(request, this.config)) {
      throw new DomainError('auth.required', {
        detail: 'only from this machine, or with the secret key',
      });
    }
    if (holdsCardNumber(request.body) || holdsCardNumber(request.params)) {
      throw new DomainError('sandbox.card_number');
    }
    return true;
  }
}
