/** One record of a CSV file, which may go over many lines. */
export interface CsvRecord {
  /** Where it begins; the first line is 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** How many characters of the text end with it. */
  readonly end: number;
  /** Why it cannot be trusted. */
  readonly fault?: CsvFault;
}

export interface CsvFault {
  readonly line: number;
  /** Counted from 0. */
  readonly field: number;
  readonly reason: string;
}

/** Far above any product of a shop; what is longer has lost its closing quote. */
const MAX_RECORD_LENGTH = 1024 * 1024;

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/**
 * Reads CSV (RFC 4180) as its text comes, in pieces cut anywhere, and keeps no more than the record
 * it is in.
 *
 * A field is at its `start`, is `plain` or `quoted`, or is `closing`: a quote was seen inside quotes,
 * and only the next character tells whether it ended the field or stands for itself. Anything but a
 * comma, a line's end or another quote there means that a quote was left open before, or not doubled
 * inside. Such a record is read on to wherever its quotes come right again, so that the next one is
 * whole, and given out with its fault.
 *
 * It is not taken from npm, as what an import must say of a file (the line where each record and
 * each lost quote begins, also across line ends of all kinds) is what parsers there do not tell.
 */
export class CsvParser {
  private state: 'start' | 'plain' | 'quoted' | 'closing' = 'start';
  private fields: string[] = [];
  private field = '';
  private recordLength = 0;
  private line = 1;
  private recordLine = 1;
  private quoteLine = 1;
  private isAfterCr = false;
  private textLength = 0;
  private fault: CsvFault | undefined;

  *push(text: string): Generator<CsvRecord> {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const isSecondHalf = code === LF && this.isAfterCr;
      const isLineEnd = (code === LF || code === CR) && !isSecondHalf;
      this.isAfterCr = code === CR;
      if (isLineEnd) this.line += 1;
      if (this.state === 'quoted') {
        if (code !== QUOTE) continue;
        this.add(text.slice(from, at));
        this.state = 'closing';
      } else if (isSecondHalf) {
        this.recordLine = this.line;
      } else if (this.state === 'closing' && code === QUOTE) {
        this.add('"');
        this.state = 'quoted';
      } else if (this.state === 'start' && code === QUOTE) {
        this.state = 'quoted';
        this.quoteLine = this.line;
      } else if (code === COMMA || isLineEnd) {
        if (this.state === 'plain') this.add(text.slice(from, at));
        if (code === COMMA) this.endField();
        else yield* this.endRecord(this.textLength + at + 1);
      } else {
        if (this.state === 'plain') continue;
        from = at;
        this.begin();
        continue;
      }
      from = at + 1;
    }
    if (this.state === 'plain' || this.state === 'quoted') this.add(text.slice(from));
    this.textLength += text.length;
  }

  *end(): Generator<CsvRecord> {
    if (this.state === 'quoted') this.blame('a quote is left open here, and the file ends in it');
    yield* this.endRecord(this.textLength);
  }

  /** A character that is nothing special, at the start of a field or after its closing quote. */
  private begin(): void {
    if (this.state === 'closing') {
      this.blame('a quote is left open here, or one inside is not doubled');
      this.add('"');
      this.state = 'quoted';
    } else {
      this.state = 'plain';
    }
  }

  private add(text: string): void {
    this.recordLength += text.length;
    if (this.recordLength <= MAX_RECORD_LENGTH) this.field += text;
    else this.blame('a record of more than a million characters, as when a quote is left open');
  }

  private endField(): void {
    this.recordLength += 1;
    if (this.recordLength <= MAX_RECORD_LENGTH) this.fields.push(this.field);
    this.field = '';
    this.state = 'start';
  }

  private *endRecord(end: number): Generator<CsvRecord> {
    const isEmptyLine = this.state === 'start' && this.fields.length === 0;
    if (!isEmptyLine) {
      this.endField();
      const { recordLine: line, fields, fault } = this;
      yield { line, fields, end, ...(fault && { fault }) };
    }
    this.fields = [];
    this.recordLength = 0;
    this.recordLine = this.line;
    this.fault = undefined;
  }

  /** The first fault is the one that leads to others. */
  private blame(reason: string): void {
    const line = this.state === 'plain' ? this.recordLine : this.quoteLine;
    this.fault ??= { line, field: this.fields.length, reason };
  }
}
