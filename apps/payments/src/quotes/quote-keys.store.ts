import type { Queryable } from '@hemline/postgres';

export type QuoteJwk = { readonly kty: string; readonly crv: string; readonly x: string };

export const save = async (
  db: Queryable,
  { kid, jwk, publishedAt }: { readonly kid: string; readonly jwk: QuoteJwk; publishedAt: string },
): Promise<void> => {
  await db.query({
    name: 'quote_keys.save',
    text: `insert into quote_keys (kid, jwk, published_at) values ($1, $2, $3)
           on conflict (kid) do update set jwk = excluded.jwk, published_at = excluded.published_at`,
    values: [kid, jwk, publishedAt],
  });
};

export const find = async (db: Queryable, kid: string): Promise<QuoteJwk | undefined> => {
  const { rows } = await db.query<{ jwk: QuoteJwk }>({
    name: 'quote_keys.find',
    text: 'select jwk from quote_keys where kid = $1',
    values: [kid],
  });
  return rows[0]?.jwk;
};
