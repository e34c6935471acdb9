import type { JSX } from 'preact';
import { type Field, type FieldError, type Values, countries, testCards } from './checkout-form.ts';

type FieldsProps = { readonly values: Values; readonly errors: readonly FieldError[] };

const idOf = (field: Field): string => `field-${field}`;

/** At the top, where a reader is after sending the form, each error linked to its field. */
export const ErrorSummary = ({ errors }: Pick<FieldsProps, 'errors'>): JSX.Element | null =>
  errors.length === 0 ? null : (
    <div
      class="notice notice-wrong"
      role="alert"
      aria-labelledby="errors"
      tabindex={-1}
      data-take-focus
    >
      <h2 id="errors">
        {errors.length === 1 ? 'One thing to put right' : `${errors.length} things to put right`}
      </h2>
      <ul>
        {errors.map(({ field, message }) => (
          <li>
            <a href={`#${idOf(field)}`}>{message}</a>
          </li>
        ))}
      </ul>
    </div>
  );

type TextFieldProps = FieldsProps & {
  readonly field: Field;
  readonly title: string;
  readonly autocomplete: string;
  readonly isOptional?: boolean;
  readonly hint?: string;
  readonly width?: 'short' | 'half';
  readonly maxLength: number;
};

const TextField = (props: TextFieldProps): JSX.Element => {
  const { field, title, autocomplete, values, errors, isOptional } = props;
  const error = errors.find((each) => each.field === field);
  const id = idOf(field);
  const described = [props.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <p class={`field ${props.width ? `field-${props.width}` : ''} ${error ? 'field-wrong' : ''}`}>
      <label for={id}>
        {title}
        {isOptional && <span class="field-optional"> (if any)</span>}
      </label>
      {props.hint && (
        <span class="field-hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
      <FieldFault id={id} error={error} />
      <input
        id={id}
        name={field}
        {...(field === 'email' && { inputmode: 'email' as const })}
        value={values[field] ?? ''}
        autocomplete={autocomplete}
        maxlength={props.maxLength}
        {...(!isOptional && { required: true })}
        {...(error && { 'aria-invalid': 'true' as const })}
        {...(described && { 'aria-describedby': described })}
      />
    </p>
  );
};

const FieldFault = ({
  id,
  error,
}: {
  readonly id: string;
  readonly error: FieldError | undefined;
}): JSX.Element | null =>
  error ? (
    <span class="field-fault" id={`${id}-error`}>
      {error.message}
    </span>
  ) : null;

export const ContactField = (props: FieldsProps): JSX.Element => (
  <fieldset class="group">
    <legend>Where to reach you</legend>
    <TextField
      {...props}
      field="email"
      title="E-mail"
      autocomplete="email"
      hint="For the receipt and news of this order. No account is needed."
      maxLength={254}
    />
  </fieldset>
);

export const AddressFields = (props: FieldsProps): JSX.Element => (
  <fieldset class="group">
    <legend>Where to send it</legend>
    <TextField {...props} field="name" title="Name" autocomplete="shipping name" maxLength={120} />
    <TextField
      {...props}
      field="line1"
      title="Street and number"
      autocomplete="shipping address-line1"
      maxLength={120}
    />
    <TextField
      {...props}
      field="line2"
      title="Flat, floor, company"
      autocomplete="shipping address-line2"
      isOptional
      maxLength={120}
    />
    <div class="field-row">
      <TextField
        {...props}
        field="postalCode"
        title="Postcode"
        autocomplete="shipping postal-code"
        width="short"
        maxLength={20}
      />
      <TextField
        {...props}
        field="city"
        title="Town or city"
        autocomplete="shipping address-level2"
        maxLength={80}
      />
    </div>
    <TextField
      {...props}
      field="region"
      title="County or region"
      autocomplete="shipping address-level1"
      isOptional
      maxLength={80}
    />
    <CountryField {...props} />
  </fieldset>
);

const CountryField = ({ values, errors }: FieldsProps): JSX.Element => {
  const error = errors.find(({ field }) => field === 'country');
  const id = idOf('country');
  return (
    <p class={error ? 'field field-wrong' : 'field'}>
      <label for={id}>Country</label>
      <FieldFault id={id} error={error} />
      <select
        id={id}
        name="country"
        autocomplete="shipping country"
        required
        {...(error && { 'aria-invalid': 'true' as const, 'aria-describedby': `${id}-error` })}
      >
        <option value="">Choose…</option>
        {Object.entries(countries).map(([code, name]) => (
          <option value={code} selected={values.country === code}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
};

export const CardChoice = ({ values, errors }: FieldsProps): JSX.Element => {
  const error = errors.find(({ field }) => field === 'paymentMethod');
  const id = idOf('paymentMethod');
  return (
    <fieldset class="group" {...(error && { 'aria-describedby': `${id}-error` })}>
      <legend>How to pay</legend>
      <p class="field-hint">
        This shop is connected to a payment sandbox. These are its test cards; no money moves.
      </p>
      <FieldFault id={id} error={error} />
      {Object.entries(testCards).map(([name, title], i) => (
        <label class="tick">
          <input
            type="radio"
            name="paymentMethod"
            value={name}
            required
            {...(i === 0 && { id })}
            checked={(values.paymentMethod ?? 'pm_card_visa') === name}
          />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
};
