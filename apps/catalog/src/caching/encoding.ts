import { catalogApi } from '@hemline/contracts';
import { z } from 'zod';
import { type Answer, toTimelessAnswer } from '../browse/answer.ts';

/** Between a value and the bytes that stand for it where processes share it. */
export type Encoding<Value> = {
  readonly encode: (value: Value) => Buffer;
  /** Throws, or gives undefined, where the bytes say something else. */
  readonly decode: (bytes: Buffer) => Value | undefined;
};

const headSchema = z.object({ etag: z.string(), stockFrom: z.number().exactOptional() });

/** The length of the head, the head as JSON, and the body as it is sent. */
export const answerEncoding: Encoding<Answer> = {
  encode: ({ body, ...rest }) => {
    const head = Buffer.from(JSON.stringify(rest));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(head.length);
    return Buffer.concat([length, head, body]);
  },
  decode: (bytes) => {
    const bodyAt = 2 + bytes.readUInt16BE();
    if (bodyAt > bytes.length) return undefined;
    const head = headSchema.parse(JSON.parse(bytes.toString('utf8', 2, bodyAt)));
    return { ...head, body: bytes.subarray(bodyAt) };
  },
};

const facetsSchema = z.object({ total: z.number(), json: z.string() });
export type FacetsJson = Readonly<z.infer<typeof facetsSchema>>;

export const facetsEncoding: Encoding<FacetsJson> = {
  encode: (facets) => Buffer.from(JSON.stringify(facets)),
  decode: (bytes) => facetsSchema.parse(JSON.parse(bytes.toString())),
};

export type Tree = { readonly items: readonly catalogApi.Category[]; readonly answer: Answer };

/** The answer's body says all of it. */
export const treeEncoding: Encoding<Tree> = {
  encode: ({ answer }) => answer.body,
  decode: (bytes) => {
    const { items } = catalogApi.categoryTree.parse(JSON.parse(bytes.toString()));
    return { items, answer: toTimelessAnswer({ items }) };
  },
};
