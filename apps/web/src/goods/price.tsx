import type { MoneyJson } from '@hemline/money';
import { formatMoney, moneyFromJson } from '@hemline/money';
import type { JSX } from 'preact';

export const money = (json: MoneyJson): string => formatMoney(moneyFromJson(json));

/** True where `compareAt` is what it cost before, and it costs less now. */
const isReduced = (price: MoneyJson, compareAt: MoneyJson | undefined): compareAt is MoneyJson =>
  compareAt !== undefined &&
  compareAt.currency === price.currency &&
  BigInt(compareAt.amount) > BigInt(price.amount);

type PriceProps = {
  readonly price: MoneyJson;
  readonly compareAt?: MoneyJson | undefined;
  /** Where variants cost more, the price is the least of them. */
  readonly isFrom?: boolean;
};

export const Price = ({ price, compareAt, isFrom = false }: PriceProps): JSX.Element =>
  isReduced(price, compareAt) ? (
    <span class="price">
      <ins>
        <span class="vh">Now </span>
        {isFrom && 'from '}
        {money(price)}
      </ins>{' '}
      <del>
        <span class="vh">before </span>
        {money(compareAt)}
      </del>
    </span>
  ) : (
    <span class="price">
      {isFrom && 'from '}
      {money(price)}
    </span>
  );

/** As people type it: "20", "19.50". */
export const toMajorUnits = (minor: string, decimals: number): string => {
  const digits = minor.padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  return Number(fraction) === 0 ? whole : `${whole}.${fraction}`;
};
