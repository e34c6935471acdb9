import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The operating system's account that runs PostgreSQL, which refuses to run as root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Where root keeps what the account must reach when the checkout or the data folder is closed to
 * it.
 */
export const SYSTEM_HOME = '/var/lib/hemline';

/**
 * Undefined for everybody but root. Containers often run as root; there an account that exists
 * already is taken, so that starting a shop never adds users to a machine.
 */
export async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8'));
  return (
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody')
  );
}

export function parseAccounts(passwd: string): Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => uid > 0);
}

/** Whether the account may walk down to this path: each folder above it must be open to it. */
export async function isReachable(path: string, account: Account | undefined): Promise<boolean> {
  if (!account) return true;
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
