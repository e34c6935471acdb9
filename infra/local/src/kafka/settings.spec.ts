import { describe, expect, it } from '@jest/globals';
import { toProperties } from './settings.ts';

describe('the settings of the local Kafka', () => {
  it('listens on the loopback alone, and sends clients there', () => {
    const text = toProperties('/data/log', { port: 4011, controllerPort: 4012 });
    expect(text).toContain('listeners=PLAINTEXT://127.0.0.1:4011,CONTROLLER://127.0.0.1:4012\n');
    expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:4011\n');
  });

  it('sends clients to a proxy where one stands before it', () => {
    const text = toProperties('/d', { port: 4011, controllerPort: 4012, advertisedPort: 4999 });
    expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:4999\n');
  });

  it('writes paths of Windows as Java reads them', () => {
    const text = toProperties('C:\\data\\log', { port: 1, controllerPort: 2 });
    expect(text).toContain('log.dirs=C:\\\\data\\\\log\n');
  });
});
