import { toShown } from '../folder/data-folder.ts';
import type { Terminal } from '../output/terminal.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { Watcher } from '../process/supervisor.ts';

export interface Narrator {
  readonly terminal: Terminal;
  readonly logOf: (service: string) => string;
  /** Called whenever a process starts or ends, with the one that runs then. */
  readonly onChange: (running?: ProcessIdentity) => void;
}

/** Tells of an engine what a person should know: that it died, and that it is back. */
export function narrate(name: string, { terminal, logOf, onChange }: Narrator): Watcher {
  return {
    onStart: (running) => onChange(running),
    onReady: ({ again }) => {
      if (again) terminal.say(name, 'is back');
    },
    onDeath: ({ how, isLoop, loopBegins }) => {
      onChange();
      if (isLoop && !loopBegins) return;
      const log = toShown(logOf(name));
      terminal.say(name, `has died (${how}); starting it again; its log is ${log}`);
    },
  };
}
