import { access, constants } from 'node:fs/promises';
import { run } from './steps.ts';

type Chromium =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const find = async (): Promise<string | undefined> => {
  const given = process.env['CHROMIUM_PATH'];
  for (const path of given ? [given] : places) if (await isThere(path)) return path;
  return undefined;
};

/** A Chromium that is there, or else Debian's, where apt and the right to use it are. */
export const findChromium = async (): Promise<Chromium> => {
  const path = await find();
  if (path) return { kind: 'found', path };
  if (process.getuid?.() !== 0 || !(await isThere('/usr/bin/apt-get'))) {
    return {
      kind: 'missing',
      reason: 'no Chromium found; install one, or name it by CHROMIUM_PATH',
    };
  }
  console.log('Chromium is not here; fetching it by apt');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const { output } = await run(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    { env },
  );
  const installed = await find();
  if (installed) return { kind: 'found', path: installed };
  return {
    kind: 'missing',
    reason: `apt could not install Chromium: ${output.trim().split('\n').at(-1)}`,
  };
};
