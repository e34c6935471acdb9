import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../folder/files.ts';
import type { Secrets } from '../folder/secrets.ts';
import type { Terminal } from '../output/terminal.ts';

export interface DemoGoodsOptions {
  readonly urls: Readonly<Record<'catalog' | 'payments' | 'images', string>>;
  readonly staffKey: Secrets['staffKey'];
  /** Remembers that this shop has its goods, or should have had them when it was stopped. */
  readonly marker: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** From the process that brings the goods. */
export type Report =
  | { readonly kind: 'progress'; readonly pictures: Count; readonly products: Count }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'done' };

export interface Count {
  readonly done: number;
  readonly all: number;
}

/**
 * Fills a new shop, once. Goods that somebody has brought otherwise are left alone, also by a
 * later version with other demo goods; only a filling that was interrupted is taken up again, and
 * repeats what it had done already, which changes nothing.
 */
export async function bringDemoGoods(options: DemoGoodsOptions): Promise<void> {
  const { marker, terminal, signal } = options;
  const state = await readMarker(marker);
  if (state === 'done' || (state === undefined && (await hasGoods(options.urls.catalog)))) return;
  await writeMarker(marker, 'begun');
  const startedAt = performance.now();
  const failure = await bringInChild(options);
  terminal.endProgress();
  signal.throwIfAborted();
  if (failure !== undefined) {
    terminal.say('demo goods', `are not all there: ${failure}; the next start goes on with them`);
    return;
  }
  await writeMarker(marker, 'done');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  terminal.say('demo goods', `are in the shop (${seconds} s)`);
}

/**
 * Drawing takes some hundred megabytes, which only the end of a process gives back; so it has one
 * of its own. Resolves with what went wrong, if anything.
 */
function bringInChild({ urls, staffKey, terminal, signal }: DemoGoodsOptions) {
  const child = spawn(
    process.execPath,
    ['--conditions=source', join(import.meta.dirname, 'bring.ts')],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: process.platform !== 'win32' },
  );
  const onAbort = () => child.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  let isDone = false;
  let failure = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (failure += text));
  }
  child.send({ urls, staffKey });
  child.on('message', (report: Report) => {
    if (report.kind === 'progress') terminal.sayProgress('demo goods', toText(report));
    if (report.kind === 'failed') failure = report.why;
    if (report.kind === 'done') isDone = true;
  });
  return new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, ended) => {
      signal.removeEventListener('abort', onAbort);
      resolve(
        isDone ? undefined : failure.trim() || `the drawing process ended (${ended ?? code})`,
      );
    });
  });
}

const toText = ({ pictures, products }: Extract<Report, { kind: 'progress' }>) =>
  `pictures ${pictures.done}/${pictures.all}, products ${products.done}/${products.all}`;

async function hasGoods(catalogUrl: string): Promise<boolean> {
  const answer = await fetch(`${catalogUrl}/products?limit=1`);
  const { total } = (await answer.json()) as { total?: number };
  return (total ?? 0) > 0;
}

type Marker = 'begun' | 'done';

async function readMarker(file: string): Promise<Marker | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { goods: Marker }).goods;
}

const writeMarker = (file: string, goods: Marker) =>
  writeWhole(file, `${JSON.stringify({ goods, at: new Date().toISOString() })}\n`);
