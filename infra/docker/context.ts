import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Which paths of the repository reach the builder. The last pattern of `.dockerignore` that covers a
 * path, or a folder that it lies in, decides.
 */
export function makeContext(root: string, dockerignore: string): (path: string) => boolean {
  const patterns = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isTaken: line.startsWith('!'), covers: toPattern(line.replace(/^!/, '')) }));
  return (path) => {
    const last = patterns.findLast(({ covers }) => covers.test(path));
    return (last?.isTaken ?? true) && existsSync(join(root, path));
  };
}

/** `*` stays inside a folder, and a pattern with `**` in front begins in any folder. */
function toPattern(glob: string): RegExp {
  const inside = glob
    .replace(/^\*\*\//, '')
    .split('*')
    .map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^/]*');
  return new RegExp(`^${glob.startsWith('**/') ? '(?:.*/)?' : ''}${inside}(?:/.*)?$`);
}
