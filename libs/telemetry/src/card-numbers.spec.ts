import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { containsCardNumber, redactCardNumbers } from './card-numbers.ts';
import { createLogger } from './logger.ts';

const planted = [
  '4242424242424242',
  '5555 5555 5555 4444',
  '3782-822463-10005',
  '6011111111111117',
];

describe('card numbers', () => {
  it.each(planted)('sees %s', (number) => {
    expect(containsCardNumber(`pay with ${number} please`)).toBe(true);
    expect(redactCardNumbers(`{"card":"${number}"}`)).toBe('{"card":"[redacted]"}');
  });

  it.each(['1764000000000', '4242424242424241', '12345', '2026-11-24T08:07:33.000Z', '129900'])(
    'leaves %s alone',
    (text) => {
      expect(redactCardNumbers(text)).toBe(text);
    },
  );

  it.each([
    'cf:ab45a0c1-4242-4242-8242-424242424242:1',
    '4242424242424242ffffffffffffffff',
    '00000000-0000-4000-8000-424242424242',
  ])('takes the id %s for what it is', (id) => {
    expect(containsCardNumber(id)).toBe(false);
    expect(redactCardNumbers(id)).toBe(id);
  });

  it('are never seen in random ids', () => {
    for (let i = 0; i < 20_000; i += 1) expect(containsCardNumber(randomUUID())).toBe(false);
  });

  it('never reach the log, wherever in a line they stand', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const logger = createLogger({ service: 'test', level: 'info', destination: sink });
    for (const number of planted) {
      logger.info({ body: { deep: [number] } }, `message ${number}`);
      logger.error(new Error(`failed for ${number}`));
    }
    expect(lines).toHaveLength(planted.length * 2);
    for (const line of lines) expect(containsCardNumber(line)).toBe(false);
  });
});
