import { currencyExponent } from '@hemline/money';

// The books as a file that hledger reads (https://hledger.org): plain text accounting, so that they can be
// added up by a program that has nothing to do with this one.

export type Account = { readonly id: string; readonly kind: string };

export type JournalTransfer = {
  readonly id: string;
  readonly kind: string;
  readonly sourceId: string;
  readonly orderId: string | null;
  readonly postedAt: Date;
  readonly entries: readonly {
    readonly account: string;
    readonly currency: string;
    readonly amount: bigint;
  }[];
};

const groups: Readonly<Record<string, string>> = {
  asset: 'assets',
  liability: 'liabilities',
  income: 'revenues',
  expense: 'expenses',
};

const types: Readonly<Record<string, string>> = {
  asset: 'A',
  liability: 'L',
  income: 'R',
  expense: 'X',
};

export const toAccountName = ({ id, kind }: Account): string => `${groups[kind] ?? kind}:${id}`;

/** Exact for any amount, as it never becomes a float: 6390 EUR is `63.90 EUR`, 500 JPY is `500 JPY`. */
export const toAmount = (amount: bigint, currency: string): string => {
  const exponent = currencyExponent(currency);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${amount < 0n ? '-' : ''}${whole}${fraction} ${currency}`;
};

/** With a decimal mark even where nothing follows it, as hledger wants it. */
const toSample = (currency: string): string => {
  const exponent = currencyExponent(currency);
  return exponent === 0 ? `1000. ${currency}` : toAmount(1000n * 10n ** BigInt(exponent), currency);
};

/** What is declared first, so that `hledger check --strict` finds nothing that nobody knows. */
export const toHeader = (accounts: readonly Account[], currencies: readonly string[]): string =>
  [
    '; The ledger of payments. Debits are positive, credits negative.',
    'decimal-mark .',
    ...currencies.map((currency) => `commodity ${toSample(currency)}`),
    ...accounts.map(
      (account) => `account ${toAccountName(account)}  ; type: ${types[account.kind] ?? 'A'}`,
    ),
    '',
    '',
  ].join('\n');

/** What a description or a comment may not hold: it would end there, or begin something else. */
const toText = (text: string): string => text.replaceAll(/[^\w.:-]/g, '_');

export const toTransaction = (
  transfer: JournalTransfer,
  accounts: ReadonlyMap<string, Account>,
): string => {
  const { id, kind, sourceId, orderId, postedAt, entries } = transfer;
  const order = orderId === null ? '' : `, order:${orderId}`;
  const lines = entries.map(({ account, currency, amount }) => {
    const known = accounts.get(account) ?? { id: account, kind: 'asset' };
    return `    ${toAccountName(known).padEnd(40)}  ${toAmount(amount, currency)}`;
  });
  const date = postedAt.toISOString().slice(0, 10);
  return [
    `${date} * ${toText(kind)} ${toText(sourceId)}  ; at:${postedAt.toISOString().slice(11)}, transfer:${id}${order}`,
    ...lines,
    '',
    '',
  ].join('\n');
};
