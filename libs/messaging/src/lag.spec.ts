import { createMetrics } from '@hemline/telemetry';
import { describe, expect, it } from '@jest/globals';
import { exportLag } from './lag.ts';

const topics = ['payments.stock', 'images.assets'];

describe('how far behind a group is', () => {
  it('is asked of the log whenever somebody looks', async () => {
    const metrics = createMetrics('test');
    let behind = 7;
    const lag = async () => ({ 'payments.stock': behind });
    exportLag({ group: 'cart', topics, transport: { lag }, metrics });
    expect(await metrics.metrics()).toMatch(/events_behind\{topic="payments.stock".*\} 7/);
    behind = 3;
    const text = await metrics.metrics();
    expect(text).toMatch(/events_behind\{topic="payments.stock".*\} 3/);
    expect(text).toMatch(/events_behind\{topic="images.assets".*\} 0/);
  });

  it('hides no other metric while the log is silent or away, and is asked once at a time', async () => {
    const metrics = createMetrics('test');
    const answers = [Promise.resolve({ 'payments.stock': 5 }), new Promise<never>(() => {})];
    let asked = 0;
    const lag = () => answers[asked++] ?? Promise.reject(new Error('away'));
    exportLag({ group: 'cart', topics, transport: { lag }, metrics, patienceMs: 20 });
    await metrics.metrics();
    for (let i = 0; i < 3; i += 1) {
      expect(await metrics.metrics()).toMatch(/events_behind\{topic="payments.stock".*\} 5/);
    }
    expect(asked).toBe(2);
  });
});
