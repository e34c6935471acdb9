import { createHash } from 'node:crypto';
import type { BackOffice } from '../backoffice.ts';
import { isRefusal } from './fault.ts';
import type { PhotoFolder } from './photo-folder.ts';

export type PhotoOutcome =
  | { readonly kind: 'new' | 'unchanged'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'missing' };

/** Brings photos into the shop, each once however many products show it. */
export class Photos {
  private readonly folder: PhotoFolder;
  private readonly office: BackOffice;
  /** At most one for each file of the folder. */
  private readonly brought = new Map<string, Promise<PhotoOutcome>>();

  constructor(folder: PhotoFolder, office: BackOffice) {
    this.folder = folder;
    this.office = office;
  }

  /** `shown` are pictures that the product has already, so nobody need be asked about them. */
  async bring(src: string, shown: ReadonlySet<string>): Promise<PhotoOutcome> {
    const name = this.folder.find(src);
    if (name === undefined) return { kind: 'missing' };
    const before = this.brought.get(name);
    if (before) {
      const outcome = await before;
      return outcome.kind === 'new' ? { kind: 'unchanged', id: outcome.id } : outcome;
    }
    const outcome = this.upload(name, shown);
    this.brought.set(name, outcome);
    return outcome;
  }

  /** The same bytes have the same id, which is a hash of them: what is there is not sent again. */
  private async upload(name: string, shown: ReadonlySet<string>): Promise<PhotoOutcome> {
    const bytes = await this.folder.read(name);
    if (!Buffer.isBuffer(bytes)) return { kind: 'refused', reason: `${name} ${bytes.reason}` };
    const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    if (shown.has(id) || (await this.office.hasImage(id))) return { kind: 'unchanged', id };
    try {
      const image = await this.office.putImage(bytes, 'application/octet-stream');
      return { kind: 'new', id: image.id };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { kind: 'refused', reason: `${name}: ${error.message}` };
    }
  }
}
