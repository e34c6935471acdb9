import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findKafka } from './fetch.ts';

let folder: string;
let cache: string;
let env: NodeJS.ProcessEnv;

const writeProgram = (name: string, lines: string) =>
  writeFile(join(folder, 'bin', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });

/** Into the folder that Maven is told, as the real one does. */
const writeJar = `for a in "$@"; do case $a in -DoutputDirectory=*) : > "\${a#*=}/kafka.jar";; esac; done`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-fetch-'));
  cache = join(folder, 'cache');
  env = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: cache };
  await mkdir(join(folder, 'bin'));
  // A Java that tells its version and runs nothing.
  await writeProgram('java', `[ "$1" = -version ] && echo 'openjdk version "21"' >&2`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('finding Kafka', () => {
  it('fetches it by Maven once, whether or not Java can keep its classes', async () => {
    await writeProgram('mvn', writeJar);
    const fetched: string[] = [];
    const find = () => findKafka({ env, onFetch: (version) => fetched.push(version) });
    const first = await find();
    expect(first).toMatchObject({ kind: 'found', java: 'java', version: fetched[0] });
    await writeProgram('mvn', 'exit 1');
    expect(await find()).toEqual(first);
    expect(fetched).toHaveLength(1);
    expect(await readdir('jars' in first ? first.jars : '')).toEqual(['kafka.jar']);
  });

  it('leaves nothing half where a fetch fails, and says why it did', async () => {
    await writeProgram('mvn', `${writeJar}\necho '[ERROR] no route to the repository'\nexit 1`);
    expect(await findKafka({ env })).toEqual({
      kind: 'missing',
      reason: 'Maven could not fetch Kafka: no route to the repository',
    });
    expect(await readdir(join(cache, 'hemline'))).toEqual([]);
  });

  it('removes the draft of a fetch that was killed', async () => {
    await mkdir(join(cache, 'hemline', `kafka-4.0.0-abc.draft-${2 ** 22 + 1}`), {
      recursive: true,
    });
    await writeProgram('mvn', 'exit 1');
    await findKafka({ env });
    expect(await readdir(join(cache, 'hemline'))).toEqual([]);
  });

  it('says that Maven or Java is missing', async () => {
    expect(await findKafka({ env })).toEqual({
      kind: 'missing',
      reason: 'there is no Maven here (mvn)',
    });
    await writeProgram('java', `echo 'openjdk version "11.0.2"' >&2`);
    expect(await findKafka({ env })).toEqual({
      kind: 'missing',
      reason: 'Java 17 or newer is needed, and this is 11',
    });
  });
});
