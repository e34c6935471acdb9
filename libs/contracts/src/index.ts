export * as catalogApi from './http/catalog.ts';
export * as cartApi from './http/cart.ts';
export * as imagesApi from './http/images.ts';
export * as paymentsApi from './http/payments.ts';
export { type Problem, problemSchema } from './http/problem.ts';
export { type QuoteClaims, quoteClaimsSchema } from './quote.ts';
export {
  type Envelope,
  type EventDefinition,
  envelopeSchema,
  maxEventBytes,
} from './events/envelope.ts';
export * as events from './events/events.ts';
export { type Topic, type TopicName, topics } from './events/topics.ts';
export { imageFormats, imageWidths } from './http/images.ts';
export { toAvailabilityState } from './http/fields.ts';
export { type Copy, type CopyName, copies, watermarkMs } from './staleness.ts';
