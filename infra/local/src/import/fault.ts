import { Refused } from '../backoffice.ts';
import { Refusal } from '../refusal.ts';

/** Of one thing, so that the next may well be taken. */
export const isRefusal = (error: unknown): error is Refused =>
  error instanceof Refused && ![401, 403, 429, 502, 503, 504].includes(error.status);

/** For a fault that ends the import: what can be done about it, in a sentence. */
export function toSentence(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof Refused && [401, 403].includes(error.status)) {
    return `The shop does not take the staff token (${error.message}).`;
  }
  if (error instanceof Refused || error instanceof TypeError || isTimeout(error)) {
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    return (
      `The shop does not answer (${(cause as Error).message}); ` +
      'import again when it does: what is done is not done twice.'
    );
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const isTimeout = (error: unknown) =>
  error instanceof DOMException && error.name === 'TimeoutError';
