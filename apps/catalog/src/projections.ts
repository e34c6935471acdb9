import type { Projections } from '@hemline/messaging';

/** Tables that are copies and nothing else, by the topic that fills them. */
export const projections = {
  'payments.stock': ['stock_copies'],
  'images.assets': ['image_copies'],
} satisfies Projections;
