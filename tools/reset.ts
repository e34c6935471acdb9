import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from '../infra/local/src/refusal.ts';
import { reset } from '../infra/local/src/folder/reset.ts';

/** `npm run reset [-- --data DIR]` forgets the data: databases, pictures, secrets and logs. */
try {
  const dataDir = resolve(readData() ?? resolve(import.meta.dirname, '..', '.hemline'));
  const wasThere = await reset(dataDir);
  console.log(wasThere ? `${dataDir} has been emptied.` : `There is no data in ${dataDir}.`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

function readData(): string | undefined {
  try {
    return parseArgs({ options: { data: { type: 'string' } } }).values.data;
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\nUsage: npm run reset [-- --data DIR]`, 2);
  }
}
