import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

type Documentation = {
  readonly summary: string;
  /** Status → schema of the JSON answer, or a sentence for an answer that is not JSON. */
  readonly responses: Readonly<Record<number, z.ZodType | string>>;
  /** Codes of the problems that this route can answer, beyond those of every route. */
  readonly problems?: readonly string[];
  /** Who may call: nobody in particular if absent. */
  readonly bearer?: 'cart' | 'order' | 'staff';
  /** Request headers that mean something here. */
  readonly headers?: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean }>
  >;
};

export const documentationKey = 'hemline:documented';
export type { Documentation };

/** What a handler's signature cannot say about itself; `/openapi.json` is made from both. */
export const Documented = (documentation: Documentation): MethodDecorator =>
  SetMetadata(documentationKey, documentation);
