export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);

/** The brands of an ISO media file (AVIF, HEIC, MP4 …): the major one, then the compatible ones. */
const brandsOf = (bytes: Uint8Array): string[] => {
  if (bytes.length < 16 || ascii(bytes, 4, 8) !== 'ftyp') return [];
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4) {
    brands.push(ascii(bytes, at, at + 4));
  }
  return brands;
};

const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** What a picture is by its first bytes; its name and its declared type are only claims. */
export const pictureFormatOf = (bytes: Uint8Array): PictureFormat | undefined => {
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  if (brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return undefined;
};

const others: readonly [RegExp, string][] = [
  [/^(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<svg|<!doctype svg)/i, 'SVG or XML'],
  [/^(?:II\*\0|MM\0\*)/, 'TIFF'],
  [/^BM/, 'BMP'],
  [/^%PDF/, 'PDF'],
  [/^8BPS/, 'Photoshop'],
  [/^.{4}ftyp/s, 'HEIC or a film'],
];

/** The name of a kind that is known and not taken. */
export const foreignKindOf = (bytes: Uint8Array): string | undefined => {
  const start = ascii(bytes, 0, 256);
  return others.find(([pattern]) => pattern.test(start))?.[1];
};
