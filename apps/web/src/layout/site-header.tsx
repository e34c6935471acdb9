import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { bagGap } from '../rendering/template.ts';
import { categoryPath } from './paths.ts';

/** More than these do not fit a line; the others are found on the home page and in the list. */
const menuLength = 8;

type HeaderProps = { readonly categories: readonly catalogApi.Category[]; readonly words: string };

export const SiteHeader = ({ categories, words }: HeaderProps): JSX.Element => (
  <header class="site-header">
    <div class="site-header-row">
      <a class="wordmark" href="/" aria-label="Hemline, home">
        Hemline
      </a>
      <form class="search" role="search" action="/products" data-suggest="/suggest">
        <label class="vh" for="search-words">
          Search the shop
        </label>
        <input
          id="search-words"
          name="q"
          type="search"
          value={words}
          placeholder="Linen shirt, apron, wool…"
          maxlength={120}
          autocomplete="off"
          enterkeyhint="search"
        />
        <button class="search-go" type="submit">
          <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
            <circle cx="10.5" cy="10.5" r="6.5" />
            <path d="M15.5 15.5 21 21" />
          </svg>
          <span class="vh">Search</span>
        </button>
      </form>
      <a class="bag-link" href="/cart">
        Bag{bagGap}
      </a>
    </div>
    <nav class="menu" aria-label="Goods">
      <ul>
        <li>
          <a href="/products?sort=newest">New</a>
        </li>
        {categories.slice(0, menuLength).map(({ path, title }) => (
          <li>
            <a href={categoryPath(path)}>{title}</a>
          </li>
        ))}
        <li>
          <a href="/products">Everything</a>
        </li>
      </ul>
    </nav>
  </header>
);
