import { styleText } from 'node:util';

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** One line that a service wrote: as its logger writes them, or whatever else came out. */
export interface LogRecord {
  readonly time: string;
  readonly level: Level;
  readonly service: string;
  readonly msg: string;
  /** False for plain text, such as the stack that Node prints when a process ends by an error. */
  readonly isStructured: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
}

const levels: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export function parseRecord(line: string, service: string, now: Date): LogRecord {
  const fields = parseObject(line);
  if (!fields) {
    const time = now.toISOString();
    return { time, level: 'error', service, msg: line, isStructured: false, fields: {} };
  }
  return {
    time: typeof fields['time'] === 'string' ? fields['time'] : now.toISOString(),
    level: levels.find((level) => level === fields['level']) ?? 'info',
    service: typeof fields['service'] === 'string' ? fields['service'] : service,
    msg: typeof fields['msg'] === 'string' ? fields['msg'] : '',
    isStructured: true,
    fields,
  };
}

/** What goes into the log file: the line itself, or plain text made into a line like the others. */
export function toFileLine(line: string, record: LogRecord): string {
  if (record.isStructured) return line;
  const { time, level, service, msg } = record;
  return JSON.stringify({ level, time, service, msg, plain: true });
}

export const isWorthShowing = ({ level, isStructured }: LogRecord) =>
  isStructured && (level === 'warn' || level === 'error' || level === 'fatal');

/** For the terminal: the message and what caused it, on one line. */
export function toText({ level, msg, fields }: LogRecord): string {
  const detail = toDetail(fields['err'] ?? fields['error']);
  const text = detail && detail !== msg ? `${msg}: ${detail}` : msg;
  return `${level === 'warn' ? 'warning' : level}: ${text.replaceAll(/\s+/g, ' ')}`;
}

function toDetail(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return typeof cause === 'string' ? cause : '';
  return 'message' in cause ? String(cause.message) : JSON.stringify(cause);
}

const colours = {
  web: 'magenta',
  catalog: 'cyan',
  cart: 'green',
  payments: 'yellow',
  images: 'blue',
  'psp-sandbox': 'gray',
} as const;

const NAME_WIDTH = 12;

/** `catalog      | text`, the name in the service's own colour where colours are wanted. */
export function withPrefix(service: string, text: string, style: { colour: boolean }): string {
  const name = service.padEnd(NAME_WIDTH);
  const colour = colours[service as keyof typeof colours] ?? 'white';
  return `${style.colour ? styleText(colour, name, { validateStream: false }) : name} | ${text}`;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
