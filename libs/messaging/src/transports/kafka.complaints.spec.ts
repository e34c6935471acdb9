import { beforeEach, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { tellTo } from './kafka.complaints.ts';

const { logLevel } = kafkajs;
const loading = "The coordinator is loading and hence can't process requests for this group";
let nowMs: number;
let warnings: unknown[];
let say: (error: string, message?: string, level?: number) => void;

beforeEach(() => {
  nowMs = 1_000_000;
  warnings = [];
  const logger = { debug: () => {}, warn: (details: unknown) => void warnings.push(details) };
  const tell = tellTo(logger as never, () => nowMs);
  say = (error, message = 'Response JoinGroup(key: 11, version: 5)', level = logLevel.ERROR) => {
    const timestamp = new Date(nowMs).toISOString();
    tell({ level, namespace: 'Connection', log: { timestamp, logger: 'kafkajs', message, error } });
  };
});

const sayFor = (seconds: number, error: string): void => {
  for (let i = 0; i < seconds; i += 1, nowMs += 1000) say(error);
};

describe('the log of the library', () => {
  it.each([
    loading,
    'The group coordinator is not available',
    'This is not the correct coordinator for this group',
    'The group is rebalancing, so a rejoin is needed',
    'This server is not the leader for that topic-partition',
  ])('does not warn of what passes by itself (%s)', (error) => {
    sayFor(15, error);
    expect(warnings).toEqual([]);
    nowMs += 3_600_000;
    sayFor(15, error);
    expect(warnings).toEqual([]);
  });

  it('warns of what should have passed and goes on, once a minute', () => {
    sayFor(30, loading);
    expect(warnings).toEqual([{ reason: loading }]);
    sayFor(60, loading);
    expect(warnings).toHaveLength(2);
  });

  it('warns at once of what does not pass by itself, and then is quiet about it', () => {
    sayFor(30, 'Not authorized to access group: Group authorization failed');
    expect(warnings).toHaveLength(1);
    say('', 'Connection error: connect ECONNREFUSED');
    expect(warnings).toHaveLength(2);
    say('', 'Consumer has joined the group', logLevel.INFO);
    expect(warnings).toHaveLength(2);
  });
});
