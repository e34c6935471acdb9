import { describe, expect, it } from '@jest/globals';
import { findJava, parseVersion } from './java.ts';

describe('the Java for Kafka', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['something else', 0],
  ])('reads %s as %i', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  it('is missing, with a reason, where JAVA_HOME leads nowhere', async () => {
    expect(await findJava({ JAVA_HOME: '/nowhere' })).toEqual({
      kind: 'missing',
      reason: 'there is no Java here (17 or newer is needed)',
    });
  });
});
