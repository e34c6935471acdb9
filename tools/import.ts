import { resolve } from 'node:path';
import { runImport } from '../infra/local/src/import/command.ts';

/** `npm run import -- shopify FILE.csv --photos DIR` brings a merchant's goods into the shop. */
process.exitCode = await runImport(process.argv.slice(2), resolve(import.meta.dirname, '..'));
