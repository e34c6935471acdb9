/** What whoever typed the command can act on: printed alone, as a sentence. */
export class Refusal extends Error {
  constructor(
    message: string,
    /** 2 for a wrong command line, as usual. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
