/** Codes that a service which verifies quotes adds to its own `problems.ts`. */
export const authProblems = {
  'quotes.invalid': { status: 400, title: 'A price quote is not genuine' },
  'quotes.expired': { status: 409, title: 'A price quote has expired' },
} as const;
