// Preloaded with `node --import`, so that instrumentations are in place before what they patch.
import { startTelemetry } from './start.ts';

await startTelemetry(process.env);
