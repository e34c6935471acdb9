import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

const parse = (...args: string[]) => parseOptions(args, '/home');

const remote = [
  '--catalog=https://c.example.com/',
  '--payments=https://p.example.com',
  '--images=https://i.example.com',
  '--token=T',
];

describe('the command line of an import', () => {
  it('names a file, its photos and the shop on this machine', () => {
    expect(parse('shopify', '/goods.csv', '--photos', '/photos', '--verbose')).toEqual({
      file: '/goods.csv',
      photos: '/photos',
      currency: 'EUR',
      isVerbose: true,
      shop: { kind: 'local', dataDir: '/home/.hemline' },
    });
  });

  it('may name a shop elsewhere', () => {
    expect(parse('shopify', '/goods.csv', ...remote)).toMatchObject({
      shop: {
        kind: 'remote',
        urls: {
          catalog: 'https://c.example.com',
          payments: 'https://p.example.com',
          images: 'https://i.example.com',
        },
        token: 'T',
      },
    });
  });

  it('may ask for help', () => {
    expect(parse('--help')).toBeUndefined();
  });

  it.each([
    [[], /first word must be "shopify"/],
    [['woo', 'a.csv'], /not "woo"/],
    [['shopify'], /A file must be named/],
    [['shopify', 'a.csv', 'b.csv'], /"b.csv" is not expected/],
    [['shopify', 'a.csv', '--photo', 'x'], /--photo/],
    [['shopify', 'a.csv', '--currency', 'eur'], /--currency must be an ISO 4217 code/],
    [['shopify', 'a.csv', '--token', 'T'], /go together/],
    [['shopify', 'a.csv', ...remote, '--data', 'd'], /without --data/],
    [['shopify', 'a.csv', ...remote, '--catalog', 'ftp://x'], /--catalog must be an address/],
  ])('refuses %j in a sentence', (args, sentence) => {
    expect(() => parse(...args)).toThrow(sentence);
    expect(() => parse(...args)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
