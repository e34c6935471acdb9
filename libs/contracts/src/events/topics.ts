/**
 * `all`: every event, for so many days. `last-of-each-key`: earlier ones of a key for so many days, and
 * its last one for ever, as each event there states the whole of its subject. So whoever reads such a
 * topic from its beginning, however late, learns of every subject as it now stands.
 */
type Keeps = 'all' | 'last-of-each-key';

export type Topic = {
  readonly partitions: number;
  readonly keeps: Keeps;
  readonly retentionDays: number;
};

/** Every topic that exists. The owner is the app before the dot: nobody else may publish there. */
export const topics = {
  'catalog.products': { partitions: 8, keeps: 'last-of-each-key', retentionDays: 30 },
  'catalog.quote-keys': { partitions: 1, keeps: 'last-of-each-key', retentionDays: 30 },
  'payments.stock': { partitions: 8, keeps: 'last-of-each-key', retentionDays: 30 },
  'payments.orders': { partitions: 8, keeps: 'all', retentionDays: 3650 },
  'images.assets': { partitions: 8, keeps: 'last-of-each-key', retentionDays: 30 },
  'cart.carts': { partitions: 8, keeps: 'all', retentionDays: 7 },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof topics;
