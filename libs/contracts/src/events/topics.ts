/** Every topic that exists. The owner is the app before the dot: nobody else may publish there. */
export const topics = {
  'catalog.products': { partitions: 8, retentionDays: 30 },
  'catalog.quote-keys': { partitions: 1, retentionDays: 3650 },
  'payments.stock': { partitions: 8, retentionDays: 30 },
  'payments.orders': { partitions: 8, retentionDays: 3650 },
  'images.assets': { partitions: 8, retentionDays: 30 },
  'cart.carts': { partitions: 8, retentionDays: 7 },
} as const;
