export {
  type Money,
  type MoneyJson,
  addMoney,
  allocate,
  currencyExponent,
  formatMoney,
  moneyFromJson,
  moneySchema,
  moneyToJson,
  multiplyMoney,
} from './money.ts';
