/**
 * Runs of 13 to 19 digits, with the spaces or hyphens that people type between them. UUIDs and trace
 * ids are matched first and passed over whole: one in some thousand holds such a run by chance, and
 * an order must not be refused for the id that it was given.
 */
const candidate =
  /(?<![\da-f])(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{32})(?![\da-f])|(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])/gi;

/** ISO/IEC 7812-1 check digit. */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

const isCardNumber = (text: string): boolean =>
  /^[3-6][\d -]*$/.test(text) && text.length < 32 && passesLuhn(text.replace(/[ -]/g, ''));

/** True if the text holds something that a payment network could charge. */
export const containsCardNumber = (text: string): boolean => {
  for (const [match] of text.matchAll(candidate)) if (isCardNumber(match)) return true;
  return false;
};

/** The last guard of the log: whatever slips in as a card number leaves as `[redacted]`. */
export const redactCardNumbers = (text: string): string =>
  text.replace(candidate, (match) => (isCardNumber(match) ? '[redacted]' : match));
