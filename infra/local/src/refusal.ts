/**
 * Something the person who typed the command can act on. The launcher prints the message alone, as
 * one clear sentence without a stack, and exits with `exitCode` (2 for a wrong command line, as
 * usual for Unix tools).
 */
export class Refusal extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'Refusal';
    this.exitCode = exitCode;
  }
}
