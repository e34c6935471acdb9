import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** What a cluster makes of a topic that it was asked about and does not have. */
export const partitionsOfMock = 4;

const startMs = 10_000;

/** Why there is no mock here, if there is none. */
export const whyNoMock = async (): Promise<string | undefined> => {
  try {
    const { stdout } = await promisify(execFile)('kcat', ['-V']);
    return stdout.includes('librdkafka') ? undefined : 'kcat is not the one with librdkafka';
  } catch {
    return 'there is no kcat';
  }
};

export type KafkaMock = { readonly brokers: readonly string[]; close(): Promise<void> };

/**
 * Three brokers that speak Kafka's protocol and keep everything in memory: those with which librdkafka
 * tests itself, in a producer that waits for its first line, and ends with whoever started it.
 */
export const startKafkaMock = async (): Promise<KafkaMock> => {
  const child = spawn(
    'kcat',
    ['-P', '-b', 'x:1', '-t', 'unused', '-X', 'test.mock.num.brokers=3', '-X', 'debug=mock'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  // It tells of every request that it gets, which is thrown away once we know its addresses.
  const addresses = new Promise<string>((resolve) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /bootstrap\.servers=(?<servers>\S+)\n/.exec(said)?.groups?.['servers'];
      if (found === undefined) return;
      resolve(found);
      child.stderr.removeAllListeners('data').resume();
    });
  });
  const late = AbortSignal.timeout(startMs);
  const servers = await Promise.race([
    addresses,
    ended.then(() => undefined),
    once(late, 'abort').then(() => undefined),
  ]);
  if (servers === undefined) {
    await close();
    throw new Error('kcat started no mock of Kafka');
  }
  return { brokers: servers.split(','), close };
};
