import { z } from 'zod';

/** RFC 9457 problem details, with our `code`, the trace, and a pointer per invalid field. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  code: z.string(),
  traceId: z.string(),
  errors: z
    .array(z.object({ pointer: z.string(), detail: z.string() }))
    .readonly()
    .optional(),
});

export type Problem = z.infer<typeof problemSchema> & { readonly [extension: string]: unknown };
