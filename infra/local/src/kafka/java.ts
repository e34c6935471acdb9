import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const NEEDED = 17;

export type Java =
  | { readonly kind: 'found'; readonly command: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** The Java of `JAVA_HOME`, or else the one on PATH, if it is new enough for Kafka 4. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<Java> {
  const home = env['JAVA_HOME'];
  const command = home ? join(home, 'bin', 'java') : 'java';
  try {
    const { stderr, stdout } = await promisify(execFile)(command, ['-version'], { env });
    const version = parseVersion(stderr + stdout);
    if (version >= NEEDED) return { kind: 'found', command };
    return { kind: 'missing', reason: `Java ${NEEDED} or newer is needed, and this is ${version}` };
  } catch {
    return { kind: 'missing', reason: `there is no Java here (${NEEDED} or newer is needed)` };
  }
}

/** `openjdk version "17.0.15"` is 17, and `java version "1.8.0_402"` is 8. */
export function parseVersion(text: string): number {
  const found = /version "(?:1\.)?(?<major>\d+)/.exec(text);
  return Number(found?.groups?.['major'] ?? 0);
}
