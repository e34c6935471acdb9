import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { correctWord } from './spelling.ts';
import { toAnyTsQuery, toSearchWords, toTsQuery } from './words.ts';

/** What to look for, in PostgreSQL's syntax; what finds `typed` comes before what finds only `meant`. */
export type Terms = { readonly typed: string; readonly meant: string };

/** Fewer finds than this, and what was typed is read again as if it had been mistyped. */
const fewFinds = 3;
const candidatesPerWord = 20;

@Injectable()
export class SearchStore {
  constructor(private readonly database: Database) {}

  /**
   * The terms for what a person typed, with her slips corrected where it finds next to nothing. Where
   * no product has all of the words ("blue dress", and dresses come in Sky), any of them will do:
   * what has more of them comes first.
   */
  async findTerms(text: string): Promise<Terms> {
    const words = toSearchWords(text);
    const typed = toTsQuery(words);
    if (typed === '') return { typed, meant: typed };
    const { rows } = await this.database.query<{ typed: string; candidates: string[] }>({
      name: 'search.find_candidates',
      text: `
        with finds as materialized (
          select count(*) as count from (
            select from products
            where published
              and document @@ (to_tsquery('catalog_english', $1) || to_tsquery('catalog_simple', $1))
            limit $3
          ) few
        )
        select word.typed, array(
          select w.word from search_words w order by w.word <-> word.typed limit $4
        ) as candidates
        from finds cross join unnest($2::text[]) with ordinality as word (typed, place)
        where finds.count < $3
        order by word.place`,
      values: [typed, words, fewFinds, candidatesPerWord],
    });
    const meant = rows.map((row, i) =>
      correctWord({ ...row, isUnfinished: i === rows.length - 1 }),
    );
    if (meant.length === 0) return { typed, meant: typed };
    const terms = { typed, meant: toTsQuery(meant) };
    if (meant.length === 1 || (await this.hasFinds(terms))) return terms;
    return { typed, meant: toAnyTsQuery(meant) };
  }

  private async hasFinds({ typed, meant }: Terms): Promise<boolean> {
    const { rows } = await this.database.query<{ found: boolean }>({
      name: 'search.has_finds',
      text: `
        select exists (
          select from products
          where published and document @@ (
            to_tsquery('catalog_english', $1) || to_tsquery('catalog_simple', $1)
            || to_tsquery('catalog_english', $2) || to_tsquery('catalog_simple', $2))
        ) as found`,
      values: [typed, meant],
    });
    return rows[0]?.found ?? false;
  }
}
