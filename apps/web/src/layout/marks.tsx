import type { JSX } from 'preact';

// The marks of a sewing pattern, each with one meaning, the same on every page.

/** A grain-line arrow: the way on. */
export const GrainLine = (): JSX.Element => (
  <svg class="grain" viewBox="0 0 46 12" width="46" height="12" aria-hidden="true">
    <path d="M1 2v8M1 6h36" />
    <path class="grain-head" d="M35 1l10 5-10 5z" />
  </svg>
);

const steps = ['Bag', 'Details and payment', 'Order'] as const;

/** A tape measure: how far she is on the way to her order. */
export const Tape = ({ at }: { readonly at: (typeof steps)[number] }): JSX.Element => {
  const reached = steps.indexOf(at);
  return (
    <nav class="tape" aria-label="Steps of your order">
      <ol>
        {steps.map((step, i) => (
          <li
            class={i <= reached ? 'tape-reached' : ''}
            {...(i === reached && { 'aria-current': 'step' as const })}
          >
            <span class="tape-number" aria-hidden="true">
              {i + 1}
            </span>
            {step === 'Bag' && reached === 1 ? <a href="/cart">{step}</a> : <span>{step}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
};
