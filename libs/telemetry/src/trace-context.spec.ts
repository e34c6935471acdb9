import { beforeAll, describe, expect, it } from '@jest/globals';
import { startTelemetry } from './start.ts';
import { activeTraceparent, withRemoteTrace } from './trace-context.ts';

beforeAll(() => startTelemetry({}));

describe('a new trace', () => {
  it('has an id that no other has', () => {
    const ids = Array.from({ length: 5000 }, () => withRemoteTrace(undefined, (id) => id));
    expect(new Set(ids).size).toBe(5000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is handed on with a span id of its own', () => {
    const spans = Array.from({ length: 5000 }, () =>
      withRemoteTrace(undefined, () => activeTraceparent()?.split('-')[2]),
    );
    expect(new Set(spans).size).toBe(5000);
  });
});
