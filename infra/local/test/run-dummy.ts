import { runCommand } from '../src/command.ts';

/** `npm start` with another home: `node run-dummy.ts HOME [options]`. */
const [home = '', ...args] = process.argv.slice(2);

process.exitCode = await runCommand(args, home);
