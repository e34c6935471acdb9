/** Every error code of catalog beyond those that all services have. */
export const problems = {
  'products.not_found': { status: 404, title: 'There is no such product' },
  'products.sku_taken': { status: 409, title: 'A sku belongs to another product' },
  'products.version_mismatch': { status: 412, title: 'The product is at another version' },
} as const;
