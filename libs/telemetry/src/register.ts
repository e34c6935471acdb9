// Preloaded with `node --import`, so that instrumentations are in place before what they patch.
import { startTelemetry } from './start.ts';

// oxlint-disable-next-line node/no-process-env -- runs before any config is read
await startTelemetry(process.env);
