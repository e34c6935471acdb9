import { DomainError } from '@hemline/http';
import {
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type StaffRole, StaffTokens } from './staff-tokens.ts';
import { bearerToken } from './tokens.ts';

const rolesKey = 'hemline:staff-roles';

@Injectable()
class StaffGuard implements CanActivate {
  constructor(
    private readonly tokens: StaffTokens,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { role } = await this.tokens.verify(bearerToken(request.headers.authorization));
    const allowed = this.reflector.get<readonly StaffRole[]>(rolesKey, context.getHandler());
    if (!allowed.includes(role))
      throw new DomainError('auth.forbidden', { detail: `not for the role ${role}` });
    return true;
  }
}

/** Only staff of one of these roles; 401 without a genuine token, 403 for another role. */
export const StaffOnly = (...roles: readonly StaffRole[]): MethodDecorator =>
  applyDecorators(SetMetadata(rolesKey, roles), UseGuards(StaffGuard));

/** Provides what `StaffOnly` needs: the public keys, as the JSON of a JWKS. */
export const staffModule = (jwks: string): DynamicModule => ({
  module: class StaffModule {},
  global: true,
  providers: [{ provide: StaffTokens, useFactory: () => new StaffTokens(jwks) }],
  exports: [StaffTokens],
});
