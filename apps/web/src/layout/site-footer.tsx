import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { categoryPath } from './paths.ts';

export const SiteFooter = ({
  categories,
}: {
  readonly categories: readonly catalogApi.Category[];
}): JSX.Element => (
  <footer class="site-footer">
    <div class="site-footer-columns">
      <section>
        <h2>Sending</h2>
        <p>
          Packed within two working days. What it costs, tax included, stands in your order before
          you pay.
        </p>
      </section>
      <section>
        <h2>Sending back</h2>
        <p>
          Thirty days, unworn and with its label. Keep the link to your order: it is all that you
          need.
        </p>
      </section>
      <section>
        <h2>Paying</h2>
        <p>Your bag is charged once, however often you press. If we are not sure, we say so.</p>
      </section>
      <nav aria-label="Departments">
        <h2>Goods</h2>
        <ul>
          {categories.map(({ path, title }) => (
            <li>
              <a href={categoryPath(path)}>{title}</a>
            </li>
          ))}
          <li>
            <a href="/products">Everything</a>
          </li>
        </ul>
      </nav>
    </div>
    <p class="site-footer-line">Hemline. Clothes and small goods for the home.</p>
  </footer>
);
