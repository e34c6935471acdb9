import { DomainError } from '@hemline/http';

/** What `If-Match` asks for: any version at all, or one of these. */
export type Precondition = 'exists' | { readonly versions: readonly number[] };

/**
 * Versions of an `If-Match` header. A product's own page has an ETag such as `"7-x1Yz"`, as its stock
 * changes without it; what counts for a change is the version before the dash.
 */
export const parseIfMatch = (header: string | undefined): Precondition | undefined => {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'exists';
  const versions = header.split(',').map((tag) => {
    const [, version] = /^"([1-9][0-9]{0,8})(?:-[\w-]*)?"$/.exec(tag.trim()) ?? [];
    if (version === undefined) {
      throw new DomainError('request.invalid', {
        detail: `If-Match must be the ETag of a product, such as "7", and not ${tag.trim().slice(0, 80)}`,
        errors: [{ pointer: '#/headers/if-match', detail: 'is not the ETag of a product' }],
      });
    }
    return Number(version);
  });
  return { versions };
};
