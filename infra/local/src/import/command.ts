import { BackOffice, connectBackOffice } from '../backoffice.ts';
import { forEachAtMost } from '../goods/concurrency.ts';
import { Refusal } from '../refusal.ts';
import { toSentence } from './fault.ts';
import { Importer } from './importer.ts';
import { type ImportOptions, parseOptions, usage } from './options.ts';
import { PhotoFolder } from './photo-folder.ts';
import { Photos } from './photos.ts';
import { Report } from './report.ts';
import { openExport, readRows, type ExportFile } from './shopify/file.ts';
import { groupByHandle } from './shopify/groups.ts';
import { Tally } from './tally.ts';

/** More do not make two cores faster, and leave less to shoppers. */
const PRODUCTS_AT_ONCE = 8;
/** npm hands a Ctrl-C on to us that the terminal has sent us already; that is not a second one. */
const ECHO_MS = 500;
const ANSWER_MS = 10_000;

const REFUSED = 1;
const INTERRUPTED = 130;

/** The command `npm run import`; resolves with the exit code. */
export async function runImport(args: readonly string[], home: string): Promise<number> {
  try {
    const options = parseOptions(args, home);
    if (options) return await importFile(options);
    process.stdout.write(`${usage}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${toSentence(error)}\n`);
    return error instanceof Refusal ? error.exitCode : REFUSED;
  }
}

async function importFile(options: ImportOptions): Promise<number> {
  const file = await openExport(options.file);
  const folder = options.photos === undefined ? undefined : await PhotoFolder.open(options.photos);
  const office = await connect(options);
  const tally = new Tally();
  const { isVerbose } = options;
  const { stdout: out, stderr: err } = process;
  const report = new Report({ total: file.length, tally, isVerbose, out, err });
  const importer = new Importer({
    office,
    ...(folder && { photos: new Photos(folder, office) }),
    currency: options.currency,
    tally,
    report,
  });
  noteMissing(file, options, report);
  const stopping = listenForStop(report);
  let fault: unknown;
  try {
    await forEachAtMost(PRODUCTS_AT_ONCE, untilStopped(file, stopping.signal), async (item) => {
      await importer.bring(item);
      report.reach(item.end);
    });
  } catch (error) {
    fault = error;
  }
  if (fault) report.say(toSentence(fault));
  report.finish();
  if (fault) return REFUSED;
  if (stopping.signal.aborted) return INTERRUPTED;
  return tally.hasRefused ? REFUSED : 0;
}

async function connect({ shop }: ImportOptions): Promise<BackOffice> {
  if (shop.kind === 'local') return connectBackOffice(shop.dataDir);
  await Promise.all(Object.values(shop.urls).map(checkAnswers));
  return new BackOffice(shop);
}

/** Once it has answered, it is waited for while it is busy; a wrong address is told at once. */
async function checkAnswers(url: string): Promise<void> {
  try {
    await fetch(`${url}/livez`, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new Refusal(`Nothing answers at ${url} (${reason}). Nothing was imported.`);
  }
}

function noteMissing({ header }: ExportFile, { photos }: ImportOptions, report: Report): void {
  const names = header.missing.expected.map((name) => `"${name}"`).join(', ');
  if (names !== '') report.say(`note: the file has no column ${names}; imported without.`);
  if (photos === undefined) {
    report.say('note: without --photos no photo is brought; products keep those that they have.');
  }
}

async function* untilStopped(file: ExportFile, signal: AbortSignal) {
  for await (const item of groupByHandle(readRows(file))) {
    if (signal.aborted) return;
    yield item;
  }
}

function listenForStop(report: Report): AbortController {
  const stopping = new AbortController();
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      report.say('Stopping after what is in hand; once more to stop at once.');
      stopping.abort();
    } else if (now - firstAt > ECHO_MS) {
      process.exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  return stopping;
}
