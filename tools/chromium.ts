import { access, constants } from 'node:fs/promises';
import { installByApt } from './apt.ts';

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
  const reason = await installByApt('Chromium', ['chromium', 'fonts-dejavu-core']);
  const installed = await find();
  if (installed) return { kind: 'found', path: installed };
  return {
    kind: 'missing',
    reason: `${reason ?? 'there is none'}; install one, or name it by CHROMIUM_PATH`,
  };
};
