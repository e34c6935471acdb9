/**
 * All services in one process, for debugging and for small machines: each app's own `start`, with
 * an environment of its own, as the launcher sends it. Listens and stops as six processes would.
 */
interface Part {
  readonly app: string;
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Running {
  close(): Promise<void>;
}

type Start = (env: NodeJS.ProcessEnv) => Promise<Running>;

const DRAIN_MS = 10_000;

const running = new Map<string, Running>();
let isStopping = false;

process.once('message', (parts: readonly Part[]) => void start(parts));
process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop);

async function start(parts: readonly Part[]): Promise<void> {
  try {
    await Promise.all(
      parts.map(async ({ app, main, env }) => {
        const module = (await import(main)) as { start: Start };
        running.set(app, await module.start({ ...env }));
      }),
    );
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(1), DRAIN_MS).unref();
  void closeAll().then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

/** The storefront calls the others, and payments calls the sandbox: they go in that order. */
async function closeAll(): Promise<void> {
  const names = [...running.keys()];
  const middle = names.filter((name) => name !== 'web' && name !== 'psp-sandbox');
  for (const group of [['web'], middle, ['psp-sandbox']]) {
    await Promise.all(group.map(async (name) => running.get(name)?.close()));
  }
}
