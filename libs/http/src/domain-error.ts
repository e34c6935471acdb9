export type Details = {
  /** A sentence for the person who reads the problem document. */
  readonly detail?: string;
  /** Sent as the `Retry-After` header, in seconds. */
  readonly retryAfter?: number;
  /** One entry for each field at fault; the pointer is a JSON Pointer (RFC 6901) as a fragment. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  /** Extension members of the problem document. */
  readonly [extension: string]: unknown;
};

/** A refusal that the caller can read: one class, many codes; `problems.ts` gives each its status. */
export class DomainError extends Error {
  readonly code: string;
  readonly details: Details;

  constructor(code: string, details: Details = {}) {
    super(details.detail ? `${code}: ${details.detail}` : code);
    this.name = 'DomainError';
    this.code = code;
    this.details = details;
  }
}
