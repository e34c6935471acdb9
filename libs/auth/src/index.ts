export { bearerToken, hashToken, newToken } from './tokens.ts';
export { type QuoteKey, QuoteVerifier } from './quote-verifier.ts';
export { StaffOnly, staffModule } from './staff.guard.ts';
export { type Staff, type StaffRole, StaffTokens } from './staff-tokens.ts';
export { authProblems } from './problems.ts';
