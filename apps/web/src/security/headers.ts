import type { Config } from '../config.ts';

const isTls = (config: Config): boolean => config.PUBLIC_URL.startsWith('https:');

/** The same for every answer, so put together once. No inline script, no inline style, no frames. */
export const securityHeaders = (config: Config): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: ${new URL(config.IMAGES_PUBLIC_URL).origin}`,
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: under that, browsers send `Origin: null` with our own forms.
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  ...(isTls(config) && { 'Strict-Transport-Security': 'max-age=31536000' }),
});
