import { describe, expect, it } from '@jest/globals';
import { LastWords } from './last-words.ts';
import { isWorthShowing, parseRecord, toFileLine, toText, withPrefix } from './record.ts';

const now = new Date('2030-01-02T03:04:05Z');
const parse = (line: string) => parseRecord(line, 'cart', now);

const dyingWords = (...lines: string[]) => {
  const words = new LastWords();
  for (const line of lines) words.take(parse(line));
  return words.toString();
};

describe('a line that a service writes', () => {
  it('is kept as it is when it is JSON', () => {
    const line = '{"level":"info","time":"2030-01-01T00:00:00.000Z","service":"web","msg":"hello"}';
    expect(parse(line)).toMatchObject({ level: 'info', service: 'web', msg: 'hello' });
    expect(toFileLine(line, parse(line))).toBe(line);
  });

  it.each(['Error: no', '{"broken', '', '[1]', 'null'])('becomes JSON when it is %j', (line) => {
    expect(JSON.parse(toFileLine(line, parse(line)))).toEqual({
      level: 'error',
      time: now.toISOString(),
      service: 'cart',
      msg: line,
      plain: true,
    });
  });

  it('is shown when it warns, with what caused it, on one line', () => {
    const record = parse('{"level":"warn","msg":"no luck","err":{"message":"a\\n  b"}}');
    expect(isWorthShowing(record)).toBe(true);
    expect(toText(record)).toBe('warning: no luck: a b');
    expect(withPrefix('cart', toText(record), { colour: false })).toBe(
      'cart         | warning: no luck: a b',
    );
  });

  it('is not shown when all is well', () => {
    expect(isWorthShowing(parse('{"level":"info","msg":"hello"}'))).toBe(false);
  });
});

describe('the last words of a process', () => {
  it('are the error of a stack, without the stack', () => {
    const words = dyingWords(
      'file:///app/main.js:3',
      '  throw new Error()',
      '        ^',
      'Error: port in use',
      '    at Server.listen (node:net:1)',
      'Node.js v24.21.0',
    );
    expect(words).toBe('Error: port in use');
  });

  it('are all that is wrong with its environment', () => {
    const words = dyingWords(
      'cart cannot start, as its environment is wrong:',
      '  PORT: is missing',
      '  DATABASE_URL: is missing',
    );
    expect(words).toBe(
      'cart cannot start, as its environment is wrong: PORT: is missing DATABASE_URL: is missing',
    );
  });

  it('are the last logged error when it printed nothing', () => {
    expect(dyingWords('{"level":"fatal","msg":"out of luck"}', '{"level":"info","msg":"x"}')).toBe(
      'out of luck',
    );
  });
});
