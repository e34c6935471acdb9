import { z } from 'zod';
import type { Watermark } from './transport.ts';

/** What a publisher says as it commits: where something new is, and how far it has told everything. */
export type Notice = { readonly topics: readonly string[]; readonly watermark?: Watermark };

const schema = z.object({
  topics: z.array(z.string()),
  watermark: z.object({ app: z.string(), time: z.coerce.date() }).optional(),
});

/** Far below the 8,000 bytes of a notification: an app has few topics. */
export const encodeNotice = (notice: Notice): string => JSON.stringify(notice);

/** A release before this one said the name of a topic and nothing else. */
export const decodeNotice = (payload: string): Notice => {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return { topics: [payload] };
  }
  const notice = schema.safeParse(json);
  return notice.success ? (notice.data as Notice) : { topics: [] };
};
