import { type JsonWebKey, createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { events } from '@hemline/contracts';
import { Outbox } from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import type { SigningKey } from './quote.ts';
import { type QuoteKeyRow, QuoteKeysStore } from './quote-keys.store.ts';

type LoadedKey = SigningKey & { readonly publicJwk: JsonWebKey; readonly signsFrom: number };

/** Another instance may have made a key; it is known here long before its time to sign comes. */
const reloadAfterMs = 5000;

/** RFC 7638: a key's id is made of the key itself. */
const toThumbprint = ({ crv, kty, x }: JsonWebKey): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');

const makeKey = (): Pick<QuoteKeyRow, 'kid' | 'public_jwk' | 'private_jwk'> => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = toThumbprint(jwk);
  return {
    kid,
    public_jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
    private_jwk: privateKey.export({ format: 'jwk' }),
  };
};

/**
 * The keys that sign quotes. A key is published first and signs later, so that those who verify know
 * it when they meet it; only the very first signs at once, as there is none before it. Keys that have
 * had their time stay published.
 */
@Injectable()
export class QuoteKeysService implements OnModuleInit {
  private keys: readonly LoadedKey[] = [];
  private loadedAt = 0;
  private isLoading = false;

  constructor(
    private readonly database: Database,
    private readonly store: QuoteKeysStore,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      const known = await this.store.findAll(tx);
      if (known.length === 0) await this.add(tx, 0);
    });
    await this.load();
  }

  /** Makes the key that will sign next. */
  async rotate(): Promise<{ kid: string; signsFrom: string }> {
    const made = await this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      return this.add(tx, this.config.QUOTE_KEY_LEAD_SECONDS);
    });
    await this.load();
    return made;
  }

  /** The key that signs now. */
  current(): SigningKey {
    this.refresh();
    const now = Date.now();
    const key = this.keys.find(({ signsFrom }) => signsFrom <= now) ?? this.keys.at(-1);
    if (!key) throw new Error('there is no key to sign quotes with');
    return key;
  }

  publicKeys(): JsonWebKey[] {
    this.refresh();
    return this.keys.map(({ publicJwk }) => publicJwk);
  }

  private async add(
    tx: Transaction,
    leadSeconds: number,
  ): Promise<{ kid: string; signsFrom: string }> {
    const key = makeKey();
    const signsFrom = await this.store.add(tx, key, leadSeconds);
    const { kid, public_jwk } = key;
    await this.outbox.append(tx, {
      definition: events.quoteKeyPublished,
      subject: kid,
      version: 1,
      data: { kid, jwk: { ...public_jwk, kty: 'OKP', crv: 'Ed25519', x: public_jwk.x ?? '' } },
    });
    return { kid, signsFrom: signsFrom.toISOString() };
  }

  /** Nobody waits for it, and where it fails the known keys stay right; the next caller tries again. */
  private refresh(): void {
    if (this.isLoading || Date.now() - this.loadedAt < reloadAfterMs) return;
    this.isLoading = true;
    this.load()
      .catch(() => {})
      .finally(() => {
        this.isLoading = false;
      });
  }

  private async load(): Promise<void> {
    const rows = await this.store.findAll(this.database);
    this.keys = rows.map((row) => ({
      kid: row.kid,
      privateKey: createPrivateKey({ key: row.private_jwk, format: 'jwk' }),
      publicJwk: row.public_jwk,
      signsFrom: row.signs_from.getTime(),
    }));
    this.loadedAt = Date.now();
  }
}
