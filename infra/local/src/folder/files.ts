import { open, rename } from 'node:fs/promises';

/** Readers see the old content or the new, never half of it, even after a power cut. */
export async function writeWhole(
  file: string,
  content: string,
  { mode = 0o644 }: { mode?: number } = {},
): Promise<void> {
  const draft = `${file}.${process.pid}.draft`;
  const handle = await open(draft, 'w', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
