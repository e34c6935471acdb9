import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';

const extensions = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.avif', '.gif'];

/** As the image service says it; a bigger file is not even read. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * Finds photos by the file name at the end of an address. Only names that listing the folder gave are
 * ever opened, so no address reaches out of it, and nothing is fetched.
 */
export class PhotoFolder {
  private readonly folder: string;
  private readonly names: ReadonlySet<string>;
  private readonly byLowerName = new Map<string, string>();
  private readonly byStem = new Map<string, string>();
  private readonly byLowerStem = new Map<string, string>();

  private constructor(folder: string, names: readonly string[]) {
    this.folder = folder;
    this.names = new Set(names);
    for (const name of names.toSorted()) {
      putFirst(this.byLowerName, name.toLowerCase(), name);
      const stem = toStem(name);
      if (stem === undefined) continue;
      putFirst(this.byStem, stem, name);
      putFirst(this.byLowerStem, stem.toLowerCase(), name);
    }
  }

  static async open(folder: string): Promise<PhotoFolder> {
    try {
      return new PhotoFolder(folder, await readdir(folder));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const what = code === 'ENOENT' ? 'There is no folder' : `${code} for the folder`;
      throw new Refusal(`${what} ${folder}. Nothing was imported.`, 2);
    }
  }

  /** The name as it is written, else with another picture's ending, else in other letters' case. */
  find(src: string): string | undefined {
    const names = toNames(src);
    for (const name of names) if (this.names.has(name)) return name;
    for (const name of names) {
      const stem = toStem(name) ?? name;
      const found =
        this.byStem.get(stem) ??
        this.byLowerName.get(name.toLowerCase()) ??
        this.byLowerStem.get(stem.toLowerCase());
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async read(name: string): Promise<Buffer | { readonly reason: string }> {
    const path = join(this.folder, name);
    try {
      const found = await stat(path);
      if (!found.isFile()) return { reason: 'is not a file' };
      if (found.size > MAX_BYTES) return { reason: 'is larger than 20 MiB' };
      return await readFile(path);
    } catch (error) {
      return { reason: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
    }
  }
}

/** The last part of an address or path, as it stands and with its `%20` read. */
export function toNames(src: string): string[] {
  const name =
    src
      .replace(/[?#].*$/s, '')
      .split(/[/\\]/)
      .at(-1) ?? '';
  if (name === '') return [];
  try {
    return [...new Set([name, decodeURIComponent(name)])];
  } catch {
    return [name];
  }
}

function toStem(name: string): string | undefined {
  const lowerName = name.toLowerCase();
  const extension = extensions.find((each) => lowerName.endsWith(each));
  return extension && name.slice(0, -extension.length);
}

function putFirst(map: Map<string, string>, key: string, name: string): void {
  if (!map.has(key)) map.set(key, name);
}
