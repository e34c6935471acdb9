import type { Problems } from '@hemline/http';

/** What this app refuses by itself. `error.words.ts` has what shoppers read of it. */
export const problems = {
  'forms.foreign': { status: 403, title: 'This form does not come from our pages' },
  'forms.expired': { status: 403, title: 'This form is too old, or has lost its token' },
  'orders.not_found': { status: 404, title: 'There is no such order, or the link is not whole' },
} satisfies Problems;
