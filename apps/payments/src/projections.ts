import type { Projections } from '@hemline/messaging';

/** Tables that are copies and nothing else, by the topic that fills them. */
export const projections = { 'catalog.quote-keys': ['quote_keys'] } satisfies Projections;
