const letters = ['XXS', 'XS', 'S', 'M', 'L', 'XL', 'XXL', '2XL', 'XXXL', '3XL', '4XL', '5XL'];

/** Letters from small to large, then numbers, then whatever else there is by name. */
export const compareSizes = (a: string, b: string): number => {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA.kind !== rankB.kind) return rankA.kind - rankB.kind;
  return rankA.value - rankB.value || a.localeCompare(b, 'en', { numeric: true });
};

const rank = (size: string): { readonly kind: number; readonly value: number } => {
  const letter = letters.indexOf(size.toUpperCase());
  if (letter >= 0) return { kind: 0, value: letter };
  const number = Number.parseFloat(size.replace(',', '.'));
  return Number.isNaN(number) ? { kind: 2, value: 0 } : { kind: 1, value: number };
};
