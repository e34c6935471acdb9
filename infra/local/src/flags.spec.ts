import { describe, expect, it } from '@jest/globals';
import { parseFlags } from './flags.ts';
import type { Refusal } from './refusal.ts';

const refusal = (...args: string[]): Refusal => {
  try {
    parseFlags(args, '/home');
  } catch (error) {
    return error as Refusal;
  }
  throw new Error(`${args.join(' ')} was taken`);
};

describe('the command line', () => {
  it('starts a shop on port 3000 from .hemline when nothing is said', () => {
    expect(parseFlags([], '/home')).toEqual({
      portBase: 3000,
      dataDir: '/home/.hemline',
      single: false,
      empty: false,
      watch: false,
      events: 'postgres',
      redis: false,
      without: [],
      help: false,
    });
  });

  it('takes options with a blank or an equals sign', () => {
    const flags = parseFlags(['--port-base', '4000', '--data=/tmp/x', '--single'], '/home');
    expect(flags).toMatchObject({ portBase: 4000, dataDir: '/tmp/x', single: true });
  });

  it('takes the engines of the distributed shop, each for itself', () => {
    const both = parseFlags(['--events', 'kafka', '--redis'], '/home');
    expect(both).toMatchObject({ events: 'kafka', redis: true });
    expect(parseFlags(['--redis'], '/home')).toMatchObject({ events: 'postgres', redis: true });
  });

  it('leaves out services by name', () => {
    expect(parseFlags(['--without', 'cart,images'], '/home').without).toEqual(['cart', 'images']);
  });

  it.each([
    [['--without', 'basket'], /--without names services: web, catalog.*; not "basket"/],
    [['--without'], /--without needs a value/],
    [['--port'], /no option --port/],
    [['-p'], /no option -p/],
    [['--no-empty'], /no option --no-empty/],
    [['--port-base'], /--port-base needs a value/],
    [['--port-base', '--single'], /--port-base needs a value|must be a whole number/],
    [['--port-base', '3.5'], /whole number from 1 to 65525, not "3.5"/],
    [['--port-base', '65530'], /whole number/],
    [['--port-base', '0'], /whole number/],
    [['--single=yes'], /--single takes no value/],
    [['--data', ''], /--data needs a value/],
    [['--events', 'pigeon'], /must be postgres or kafka, not "pigeon"/],
    [['--events'], /--events needs a value/],
    [['--redis=yes'], /--redis takes no value/],
  ])('refuses %j with a sentence and exit code 2', (args, sentence) => {
    expect(refusal(...args).message).toMatch(sentence);
    expect(refusal(...args).exitCode).toBe(2);
  });

  it('explains the lone -- to whoever left it out', () => {
    expect(refusal('4000').message).toContain('npm start -- --port-base 4000');
  });
});
