import { quoteClaimsSchema } from '@hemline/contracts';
import { multiplyMoney, moneyFromJson, moneyToJson } from '@hemline/money';
import type { Carried } from './checkout-form.ts';
import type { CheckoutLine } from './checkout.page.tsx';

/**
 * Lines as the form itself carries them, to show again what she was about to pay when her bag cannot
 * be asked. What a quote says is only shown here; payments checks its signature before it counts.
 */
export const toQuotedLines = ({ quote, quantity }: Carried): CheckoutLine[] =>
  quote.flatMap((each, i) => {
    const claims = readClaims(each);
    if (!claims) return [];
    const count = Number(quantity[i] ?? 1);
    const unitPrice = { amount: claims.price, currency: claims.currency };
    return [
      {
        sku: claims.sku,
        title: claims.title,
        options: {},
        quantity: count,
        quote: each,
        unitPrice,
        lineTotal: moneyToJson(multiplyMoney(moneyFromJson(unitPrice), count)),
      },
    ];
  });

const readClaims = (quote: string): ReturnType<typeof quoteClaimsSchema.parse> | undefined => {
  try {
    const payload = Buffer.from(quote.split('.')[1] ?? '', 'base64url').toString('utf8');
    return quoteClaimsSchema.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
};
