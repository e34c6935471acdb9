import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';

/** Body measures in centimetres: chest, waist, hip. */
const letters: Readonly<Record<string, readonly [string, string, string]>> = {
  XS: ['80–84', '64–68', '88–92'],
  S: ['86–92', '70–76', '94–98'],
  M: ['94–100', '78–84', '100–104'],
  L: ['102–108', '86–92', '106–110'],
  XL: ['110–116', '94–100', '112–116'],
  XXL: ['118–124', '102–108', '118–122'],
};

const known = (size: string): readonly [string, string, string] | undefined =>
  Object.hasOwn(letters, size) ? letters[size] : undefined;

/** Only where the goods are made in sizes that it can explain. */
export const SizeTable = ({
  product,
}: {
  readonly product: catalogApi.Product;
}): JSX.Element | null => {
  const sizes = product.options
    .filter(({ name }) => /size/i.test(name))
    .flatMap(({ values }) => values)
    .flatMap((size) => {
      const measures = known(size);
      return measures ? [{ size, measures }] : [];
    });
  if (sizes.length < 2) return null;
  return (
    <details>
      <summary>Size table</summary>
      <table class="size-table">
        <caption>Measures of the body, in centimetres. Between two sizes, take the larger.</caption>
        <thead>
          <tr>
            {['Size', 'Chest', 'Waist', 'Hip'].map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sizes.map(({ size, measures }) => (
            <tr>
              <th scope="row">{size}</th>
              {measures.map((measure) => (
                <td>{measure}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
};
