import sharp from 'sharp';

export const PICTURE = { width: 1280, height: 1600 } as const;

/**
 * The bytes of a drawing, at its own size. JPEG with full colour resolution: ink lines on cloth
 * keep their edges, and it is encoded several times faster than PNG.
 */
export function rasterise(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg)).jpeg({ quality: 86, chromaSubsampling: '4:4:4' }).toBuffer();
}
