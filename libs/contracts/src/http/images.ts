import { z } from 'zod';

export const imageWidths = [160, 320, 640, 960, 1280] as const;
export const imageFormats = ['avif', 'webp', 'jpeg'] as const;

/** An image is named by what it holds: the first 32 hex digits of the SHA-256 of its bytes. */
export const imageId = z.string().regex(/^[0-9a-f]{32}$/, 'must be an image id of 32 hex digits');

export const image = z.object({
  id: imageId,
  width: z.int().positive(),
  height: z.int().positive(),
  /** A few blurred pixels as a `data:` URL, to show while the picture loads. */
  placeholder: z.string(),
});
export type Image = z.infer<typeof image>;
