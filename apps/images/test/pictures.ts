import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

type Size = { readonly width: number; readonly height: number };

/** A picture with something to see in it, another one for each seed. */
export const aPicture = (
  format: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' = 'jpeg',
  { width = 400, height = 500, seed = 1 }: Partial<Size> & { seed?: number } = {},
): Promise<Buffer> => {
  const hue = (seed * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${hue} 40% 80%)"/>
    <circle cx="50%" cy="40%" r="25%" fill="hsl(${hue} 60% 40%)"/>
    <text x="10" y="30">${seed}</text></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().toFormat(format).toBuffer();
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), 4 + body.length);
  return out;
};

/** A genuine, tiny PNG file of very many black pixels. */
export const aBomb = ({ width, height }: Size): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
