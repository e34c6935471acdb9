export { Copies } from './copies.ts';
export { checkEvents, eventsConfigShape, makeTransport } from './config.ts';
export { EventBatchPattern, EventContext, EventServer } from './event-server.ts';
export { type MessagingOptions, connectEvents, messagingModule } from './messaging.module.ts';
export { type NewEvent, Outbox, outboxColumns, outboxInsert } from './outbox.ts';
export { OutboxRelay } from './outbox-relay.ts';
export { type Message, type Subscription, type Transport } from './transports/transport.ts';
export { PostgresTransport } from './transports/postgres.transport.ts';
