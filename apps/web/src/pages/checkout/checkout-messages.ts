import { type Problem, type cartApi, paymentsApi } from '@hemline/contracts';
import { moneySchema } from '@hemline/money';
import { z } from 'zod';
import { money } from '../../goods/price.tsx';
import type { Field, FieldError } from './checkout-form.ts';
import type { PriceChange } from './checkout.loader.ts';
import type { CheckoutLine, CheckoutMessage } from './checkout.page.tsx';

// What a refusal means for her, and what she can do. Pure: problem in, words out.

const backToBag = { href: '/cart', title: 'Change your bag' };

export const priceMessage = (changes: readonly PriceChange[]): CheckoutMessage[] =>
  changes.length === 0
    ? []
    : [
        {
          kind: 'changed',
          title:
            changes.length === 1
              ? 'A price has changed since you added it'
              : 'Prices have changed since you added them',
          points: changes.map(({ title, was, now }) => `${title}: ${money(was)} → ${money(now)}`),
        },
      ];

/** Lines that cart's copy of the stock already knows to be too many. */
export const stockMessage = (lines: readonly cartApi.CartLine[]): CheckoutMessage[] => {
  const points = lines.flatMap(({ title, notices }) =>
    notices.flatMap((notice) => {
      if (notice.kind === 'stock_short') {
        return [`${title}: you asked for ${notice.requested}, ${notice.left} left`];
      }
      if (notice.kind === 'sold_out') return [`${title}: sold out`];
      return notice.kind === 'withdrawn' ? [`${title}: no longer sold`] : [];
    }),
  );
  if (points.length === 0) return [];
  return [{ kind: 'changed', title: 'Not all of it is here any more', points, link: backToBag }];
};

const declineWords: Readonly<Record<string, string>> = {
  insufficient_funds: 'There is not enough on this card.',
  authentication_required:
    'This card’s bank wants to ask you first, which we cannot do yet. Please use another card.',
  expired_card: 'This card has expired.',
};

export const declinedMessage = (problem: Problem): CheckoutMessage => {
  const code = ['declineCode', 'decline_code', 'reason']
    .map((name) => problem[name])
    .find((value) => typeof value === 'string');
  const known = typeof code === 'string' ? declineWords[code] : undefined;
  return {
    kind: 'wrong',
    title: 'Your bank said no.',
    points: [
      `${known ?? 'It does not tell us why.'} Nothing was charged. Everything that you typed is still here: choose another card and pay again.`,
    ],
  };
};

const shortages = z.array(paymentsApi.shortage);

export const shortagesOf = (problem: Problem): paymentsApi.Shortage[] => {
  const parsed = shortages.safeParse(problem['shortages']);
  return parsed.success ? parsed.data : [];
};

export const shortageMessage = (
  short: readonly paymentsApi.Shortage[],
  lines: readonly Pick<CheckoutLine, 'sku' | 'title'>[],
): CheckoutMessage => ({
  kind: 'wrong',
  title: 'Someone was quicker.',
  points: [
    ...short.map(({ sku, requested, available }) => {
      const title = lines.find((line) => line.sku === sku)?.title ?? sku;
      return available > 0
        ? `${title}: you asked for ${requested}, and ${available} ${available === 1 ? 'is' : 'are'} left.`
        : `${title}: sold out in the meantime.`;
    }),
    'Nothing was charged, and the rest of your bag is as it was.',
  ],
  ...(short.length === 0 && { link: backToBag }),
});

export const totalMessage = (problem: Problem, seen: string): CheckoutMessage => {
  const total = moneySchema.safeParse(problem['total'] ?? problem['expected']);
  return {
    kind: 'changed',
    title: 'The total has changed',
    points: [
      total.success
        ? `It was ${seen}; it is ${money(total.data)} now. Nothing was charged: please look, and pay if you agree.`
        : `It was ${seen}. Nothing was charged: please look at the new one, and pay if you agree.`,
    ],
  };
};

/** The order that this version of her bag had begun came to its end; her bag now has a new version. */
export const startedAfreshMessage: CheckoutMessage = {
  kind: 'changed',
  title: 'We have begun afresh.',
  points: [
    'The order that was begun with this bag was given up, and nothing was charged for it. Please look through this one, and pay again.',
  ],
};

/** Found out by the waiting page, which no longer has what she typed. */
export const unpaidMessage: CheckoutMessage = {
  kind: 'wrong',
  title: 'It was not paid.',
  points: [
    'Nothing was charged, and your bag is as it was. Please look through it, and pay again.',
  ],
};

export const awayMessage: CheckoutMessage = {
  kind: 'wrong',
  title: 'We cannot take payments at this moment.',
  points: [
    'Nothing was charged and nothing is lost: your bag and what you typed are still here. Please press Pay again in a minute.',
  ],
};

export const otherMessage = (problem: Problem): CheckoutMessage => ({
  kind: 'wrong',
  title: 'That did not work.',
  points: [
    `Nothing was charged. ${problem.title}. If it happens again, write to us with ${problem.traceId}.`,
  ],
});

const fields: Readonly<Record<string, Field>> = {
  email: 'email',
  paymentMethod: 'paymentMethod',
  name: 'name',
  line1: 'line1',
  line2: 'line2',
  city: 'city',
  region: 'region',
  postalCode: 'postalCode',
  country: 'country',
};

/** Faults that payments found in what she typed, at the fields that they are about. */
export const fieldErrorsOf = (problem: Problem): FieldError[] =>
  (problem.errors ?? []).flatMap(({ pointer, detail }) => {
    const field = fields[pointer.split('/').at(-1) ?? ''];
    return field ? [{ field, message: `Please check this: ${detail}.` }] : [];
  });
