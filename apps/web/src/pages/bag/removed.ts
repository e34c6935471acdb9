import { z } from 'zod';

/** What was taken out of a bag, kept by the browser for a minute or two so that it can be put back. */
const removed = z.object({
  sku: z.string().min(1).max(80),
  title: z.string().max(300),
  quantity: z.coerce.number().int().min(1).max(99),
  quote: z.string().min(1).max(2048),
});
export type Removed = z.infer<typeof removed>;

export const encodeRemoved = (form: unknown): string | undefined => {
  const parsed = removed.safeParse(form);
  return parsed.success
    ? Buffer.from(JSON.stringify(parsed.data)).toString('base64url')
    : undefined;
};

export const decodeRemoved = (cookie: string | undefined): Removed | undefined => {
  if (!cookie) return undefined;
  try {
    const parsed = removed.safeParse(JSON.parse(Buffer.from(cookie, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // a cookie that is not ours says nothing
  }
};
