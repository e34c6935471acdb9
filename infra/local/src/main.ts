import { resolve } from 'node:path';
import { runCommand } from './command.ts';

const home = resolve(import.meta.dirname, '../../..');

process.exitCode = await runCommand(process.argv.slice(2), home);
