import type { Intent } from '../account/objects.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escape = (text: string): string => text.replace(/[&<>"]/g, (each) => escapes[each] ?? each);

const styles = `
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #eef1f5;
    color: #16202c; font: 1.0625rem/1.5 system-ui, sans-serif; }
  main { box-sizing: border-box; width: min(26rem, 100%); padding: 2rem; background: #fff;
    border-radius: .75rem; box-shadow: 0 1px 12px #0002; }
  h1 { margin: 0 0 .25rem; font-size: 1.375rem; }
  .amount { margin: 1rem 0; font-size: 2rem; font-weight: 600; }
  form { display: flex; gap: .75rem; flex-wrap: wrap; }
  button { flex: 1; padding: .75rem 1rem; border: 2px solid #16202c; border-radius: .5rem;
    font: inherit; font-weight: 600; background: #fff; color: inherit; cursor: pointer; }
  button[value=succeed] { background: #16202c; color: #fff; }
  a { color: inherit; } small { color: #51606f; }`;

/** Amounts are the sandbox's own: numbers that are exact. */
const format = ({ amount, currency }: Intent): string => {
  const code = currency.toUpperCase();
  const style = new Intl.NumberFormat('en-IE', { style: 'currency', currency: code });
  const digits = style.resolvedOptions().maximumFractionDigits ?? 2;
  return style.format(amount / 10 ** digits);
};

const question = `<p>Is this payment yours?</p>
  <form method="post">
    <button name="outcome" value="succeed">Approve</button>
    <button name="outcome" value="fail">Refuse</button>
  </form>`;

const answered: Readonly<Partial<Record<Intent['status'], string>>> = {
  requires_capture: 'You have approved this payment.',
  succeeded: 'You have approved this payment.',
  canceled: 'The shop has withdrawn this payment. Nothing was charged.',
};

export const threeDSecurePage = (intent: Intent, back: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Your bank asks</title>
<style>${styles}</style>
<main>
  <small>Sandbox bank: no money moves here</small>
  <h1>Your bank asks</h1>
  <p class="amount">${escape(format(intent))}</p>
  ${intent.status === 'requires_action' ? question : `<p>${answered[intent.status] ?? 'You have refused this payment.'}</p>`}
  <p><a href="${escape(back)}">Back to the shop</a></p>
</main>
</html>
`;
