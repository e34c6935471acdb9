export const productPath = (
  handle: string,
  options: Readonly<Record<string, string>> = {},
): string => {
  const query = new URLSearchParams(options).toString();
  return `/products/${encodeURIComponent(handle)}${query && `?${query}`}`;
};

export const categoryPath = (category: string): string =>
  `/products?${new URLSearchParams({ category })}`.replaceAll('%2F', '/');

export const imageUrl = (
  imagesUrl: string,
  id: string,
  width: 160 | 320 | 640 | 960 | 1280,
  format: 'avif' | 'webp' | 'jpeg',
): string => `${imagesUrl}/images/${id}/${width}.${format}`;
