import type { paymentsApi } from '@hemline/contracts';
import { currentTraceId } from '@hemline/telemetry';
import type { OrderLine } from '../orders/order.ts';
import type { Order } from '../orders/orders.store.ts';
import { toPublicStatus } from '../payments/payment.ts';
import { type PaymentsErrorCode, problems } from '../problems.ts';
import type { Answer } from './idempotency.ts';

export const toWireLine = (
  { sku, title, quantity, unitPrice, total }: OrderLine,
  currency: string,
): paymentsApi.OrderLine => ({
  sku,
  title,
  quantity,
  unitPrice: { amount: unitPrice.toString(), currency },
  lineTotal: { amount: total.toString(), currency },
});

/** Where the shopper is asked, as long as that is what the payment waits for. */
const toAction = ({ status, attemptStatus, actionUrl }: Order): { actionUrl?: string } => {
  const isAsked = toPublicStatus(status, attemptStatus) === 'requires_action';
  return isAsked && actionUrl !== null ? { actionUrl } : {};
};

const toPlaced = (order: Order, lines: readonly OrderLine[]): paymentsApi.OrderPlaced => ({
  id: order.id,
  // Left empty, and filled in each time it is sent.
  token: '',
  status: order.orderStatus,
  total: { amount: order.total.toString(), currency: order.currency },
  lines: lines.map((line) => toWireLine(line, order.currency)),
  payment: {
    status: toPublicStatus(order.status, order.attemptStatus),
    ...toAction(order),
  },
});

/** A refusal that is kept under its key, so that asking again gets the same bytes. */
export const problemAnswer = (
  code: PaymentsErrorCode,
  orderId: string | null,
  members: Readonly<Record<string, unknown>>,
): Answer => ({
  status: problems[code].status,
  type: 'application/problem+json',
  body: JSON.stringify({
    type: `urn:hemline:problem:${code}`,
    title: problems[code].title,
    status: problems[code].status,
    instance: '/orders',
    code,
    traceId: currentTraceId() ?? '',
    ...members,
  }),
  orderId,
});

const orderAnswer = (status: number, order: Order, lines: readonly OrderLine[]): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(toPlaced(order, lines)),
  orderId: order.id,
});

/** What `POST /orders` says to the one whose attempt this was. */
export const answerFor = (order: Order, lines: readonly OrderLine[]): Answer => {
  if (order.orderStatus === 'cancelling' || order.orderStatus === 'cancelled') {
    return problemAnswer('orders.cancelled', order.id, { orderId: order.id });
  }
  if (order.status === 'confirming') return orderAnswer(202, order, lines);
  if (order.status !== 'ready') return orderAnswer(201, order, lines);
  return problemAnswer('payments.declined', order.id, {
    detail: 'the provider declined this payment method; try another one with a new key',
    orderId: order.id,
    declineCode: order.declineCode ?? 'card_declined',
  });
};

/** The order that another request has paid for already. */
export const existingAnswer = (order: Order, lines: readonly OrderLine[]): Answer =>
  orderAnswer(200, order, lines);

export const shortageAnswer = (shortages: readonly paymentsApi.Shortage[]): Answer => {
  const { detail, errors } = describeShortages(shortages);
  return problemAnswer('stock.insufficient', null, { detail, shortages, errors });
};

const describeShortages = (shortages: readonly paymentsApi.Shortage[]) => {
  const sentences = shortages.map(
    ({ sku, requested, available }) => `${sku}: ${requested} asked for, ${available} there`,
  );
  const errors = sentences.map((detail) => ({ pointer: '#/lines', detail }));
  return { detail: sentences.join('; '), errors };
};
