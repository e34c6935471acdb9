import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { imageUrl, productPath } from '../../layout/paths.ts';
import type { Choice, Selection } from './selection.ts';

type ChoicesProps = {
  readonly product: catalogApi.Product;
  readonly selection: Selection;
  readonly imagesUrl: string;
};

/** Choosing is following links, so the address always says what is shown. */
export const Choices = ({ product, selection, imagesUrl }: ChoicesProps): JSX.Element => (
  <div class="choices" id="choose">
    {selection.choices.map((choice) => (
      <ChoiceOf choice={choice} handle={product.handle} imagesUrl={imagesUrl} />
    ))}
  </div>
);

type ChoiceProps = { readonly choice: Choice; readonly handle: string; readonly imagesUrl: string };

const stateWords = { available: '', sold_out: ', sold out', not_made: ', not made' } as const;

const ChoiceOf = ({ choice, handle, imagesUrl }: ChoiceProps): JSX.Element => {
  const id = `choice-${choice.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  // Pictures help where they differ, as for colours; four words side by side are quicker for sizes.
  const hasPictures = choice.values.every(({ image }) => image !== undefined);
  return (
    <section class="choice" aria-labelledby={id}>
      <h2 id={id}>
        {choice.name}
        {choice.chosen && <span class="choice-chosen">{choice.chosen}</span>}
      </h2>
      <ul class={hasPictures ? 'choice-pictures' : 'choice-words'}>
        {choice.values.map(({ value, isChosen, state, options, image }) => (
          <li>
            <a
              href={`${productPath(handle, options)}#choose`}
              class={`option option-${state}`}
              {...(isChosen && { 'aria-current': 'true' as const })}
              data-place={`${choice.name}=${value}`}
            >
              {hasPictures && image && (
                <img
                  src={imageUrl(imagesUrl, image.id, 160, 'webp')}
                  width={64}
                  height={80}
                  alt=""
                  loading="lazy"
                />
              )}
              <span>
                {value}
                {stateWords[state] && <span class="vh">{stateWords[state]}</span>}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
};
