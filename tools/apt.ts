import { access } from 'node:fs/promises';
import { run } from './steps.ts';

const env = { DEBIAN_FRONTEND: 'noninteractive' };

let updated: Promise<unknown> | undefined;

/** How apt may be run here, if it may: as root, or by a sudo that asks for no password. */
const findApt = async (): Promise<readonly string[] | undefined> => {
  const isThere = await access('/usr/bin/apt-get').then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  const { code } = await run('sudo', ['-n', 'true']).catch(() => ({ code: 1 }));
  return code === 0 ? ['sudo', '-n', 'apt-get'] : undefined;
};

/** Installs Debian's packages where that may be done. Returns why it was not, if it was not. */
export const installByApt = async (
  name: string,
  packages: readonly string[],
): Promise<string | undefined> => {
  const apt = await findApt();
  if (!apt) return `${name} is not here, and may not be installed by apt`;
  const [command = '', ...before] = apt;
  console.log(`${name} is not here; fetching it by apt`);
  updated ??= run(command, [...before, 'update', '-qq'], { env });
  await updated;
  const { code, output } = await run(
    command,
    [...before, 'install', '-y', '-qq', '--no-install-recommends', ...packages],
    { env },
  );
  if (code === 0) return undefined;
  return `apt could not install ${name}: ${output.trim().split('\n').at(-1) ?? ''}`;
};
