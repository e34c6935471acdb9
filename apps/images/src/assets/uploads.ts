import { StaffTokens, bearerToken } from '@hemline/auth';
import { DomainError } from '@hemline/http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { refusal } from '../problems.ts';

export const maxPictureBytes = 20 * 1024 * 1024;
/** Each may hold a whole picture in memory. */
const maxUploads = 16;

const declaredTypes =
  /^(?:image\/(?:jpeg|jpg|pjpeg|png|webp|avif|gif)|application\/octet-stream)\b/;

/**
 * How the bytes of a picture get in. Who may upload is asked before a byte of the body is read, and not
 * only by the guard of the route, which runs when all of it is in memory.
 */
export const acceptPictures = (app: NestFastifyApplication): void => {
  const fastify = app.getHttpAdapter().getInstance();
  let underWay = 0;
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST' || request.routeOptions.url !== '/images') return;
    await app.get(StaffTokens).verify(bearerToken(request.headers.authorization));
    if (underWay >= maxUploads) throw new DomainError('service.overloaded', { retryAfter: 1 });
    underWay += 1;
    reply.raw.once('close', () => (underWay -= 1));
  });
  // The declared type is a claim: one that no picture of ours has is refused, all else is looked at.
  const options = { parseAs: 'buffer', bodyLimit: maxPictureBytes } as const;
  fastify.addContentTypeParser('*', options, (request, body, done) => {
    const declared = request.headers['content-type'];
    if (declared === undefined || declaredTypes.test(declared)) return done(null, body);
    done(refusal('images.unsupported', { detail: `${declared} is not taken` }));
  });
};
