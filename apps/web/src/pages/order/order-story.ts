import type { paymentsApi } from '@hemline/contracts';

/** What an order's state means for the one who placed it. */
export type Story = {
  readonly title: string;
  readonly status: string;
  readonly words: readonly string[];
  /** While something is still under way, the page asks again by itself. */
  readonly refreshSeconds?: number;
  readonly goOn?: { readonly href: string; readonly title: string };
};

/** Short enough to read out on the telephone; the link carries the whole id. */
export const orderNumber = (id: string): string => {
  const tail = id.replaceAll('-', '').slice(-8).toUpperCase();
  return `${tail.slice(0, 4)}-${tail.slice(4)}`;
};

const bagKept = 'Your bag is as it was.';
const tryAgain = { href: '/checkout', title: 'Pay with another card' };

/** Payment follows authorisation within seconds; after that nobody needs to sit and watch. */
const watchMs = 120_000;

export const toStory = (order: paymentsApi.Order, now: Date): Story => {
  const startedAt = order.timeline[0]?.at ?? order.asOf;
  const isYoung = now.getTime() - Date.parse(startedAt) < watchMs;
  return stories[order.status](order, isYoung);
};

const moneyBack = 'Banks take up to five days to show it.';

type Tell = (order: paymentsApi.Order, isYoung: boolean) => Story;

const pendingStory: Tell = ({ payment }, isYoung) => {
  if (payment.status === 'declined') {
    return {
      title: 'Your bank said no.',
      status: 'Not paid',
      words: [`Nothing was charged. ${bagKept}`],
      goOn: tryAgain,
    };
  }
  if (payment.status === 'requires_action') {
    return {
      title: 'Your bank wants to ask you first.',
      status: 'Not paid',
      ...(payment.actionUrl
        ? {
            words: [
              'It shows you the amount, and brings you back here. Until then nothing is charged, and your goods are kept for you for some minutes.',
            ],
            goOn: { href: payment.actionUrl, title: 'Go to your bank' },
          }
        : {
            words: [
              `This card needs a step that is not possible here. Nothing was charged. ${bagKept}`,
            ],
            goOn: { href: '/checkout?afresh', title: 'Pay with another card' },
          }),
    };
  }
  return {
    title: 'We are asking your bank.',
    status: 'Waiting for the bank',
    words: [
      'You will not be charged twice. This page asks again by itself; you can also close it and come back by its link.',
    ],
    refreshSeconds: isYoung ? 2 : 15,
  };
};

const stories: Readonly<Record<paymentsApi.OrderStatus, Tell>> = {
  pending: pendingStory,
  authorized: (_order, isYoung) => ({
    title: 'Thank you. Your order is placed.',
    status: 'Placed',
    words: ['Your bank has said yes. We are taking the payment now; you have nothing to do.'],
    ...(isYoung && { refreshSeconds: 2 }),
  }),
  paid: () => ({
    title: 'Thank you. It is paid.',
    status: 'Paid',
    words: ['We pack it within two working days.'],
  }),
  part_refunded: () => ({
    title: 'Part of it was given back.',
    status: 'Partly refunded',
    words: [moneyBack],
  }),
  refunded: () => ({
    title: 'Your money was given back.',
    status: 'Refunded',
    words: [moneyBack],
  }),
  cancelling: (_order, isYoung) => ({
    title: 'We are cancelling this order.',
    status: 'Being cancelled',
    words: ['Whatever your bank set aside for it is being released.'],
    ...(isYoung && { refreshSeconds: 4 }),
  }),
  cancelled: () => ({
    title: 'This order was cancelled.',
    status: 'Cancelled',
    words: [
      'Nothing is charged for it. If your bank had set the amount aside, it is released. What you had chosen is still in your bag, as far as it is here.',
    ],
    goOn: { href: '/cart', title: 'Back to your bag' },
  }),
};

const knownWords: Readonly<Record<string, string>> = {
  placed: 'You placed the order',
  authorized: 'Your bank said yes',
  declined: 'Your bank said no',
  paid: 'Paid',
  captured: 'Paid',
  refunded: 'Money given back',
  part_refunded: 'Part of the money given back',
  refund_failed: 'Money that we gave back did not arrive',
  cancelled: 'Cancelled',
  cancelling: 'Being cancelled',
};

/** Payments' words for what happened, in hers; what it says newly is shown as it says it. */
export const timelineWords = (what: string): string => {
  const known = knownWords[what];
  if (known) return known;
  const spaced = what.replaceAll(/[._]/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};
