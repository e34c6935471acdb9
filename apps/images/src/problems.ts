import { type Details, DomainError, type Problems } from '@hemline/http';

/** Every refusal of this service → the status and title of its problem document. */
export const problems = {
  'images.not_found': { status: 404, title: 'There is no such picture' },
  'images.unsupported': { status: 415, title: 'Pictures of this kind are not taken' },
  'images.unreadable': { status: 422, title: 'The picture cannot be read' },
} satisfies Problems;

export type ImagesErrorCode = keyof typeof problems;

/** A refusal with a code of the table above, and no other. */
export const refusal = (code: ImagesErrorCode, details: Details = {}): DomainError =>
  new DomainError(code, details);
