import { randomInt } from 'node:crypto';
import { type Plan, type Rule, noFaults } from './plan.ts';
import { Random } from './random.ts';

/** What a rule is held against. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly metadata: () => Readonly<Record<string, unknown>>;
};

type Armed = { readonly rule: Rule; fired: number };
export type WebhookFault = 'duplicated' | 'reordered' | 'delayed' | 'dropped' | 'forged';

const matches = (pattern: string | undefined, text: string | undefined): boolean => {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  return pattern.startsWith('^') ? new RegExp(pattern, 'u').test(text) : text.startsWith(pattern);
};

/** The faults in force, and how often each has struck. They end with the process. */
export class Faults {
  plan: Plan = noFaults;
  random = new Random(0);
  private armed: Armed[] = [];
  private seed = 0;
  private webhooksFired = this.noneFired();

  constructor() {
    this.set(noFaults);
  }

  set(plan: Plan): void {
    this.plan = plan;
    this.seed = plan.seed ?? randomInt(4_294_967_295);
    this.random = new Random(this.seed);
    this.armed = plan.rules.map((rule) => ({ rule, fired: 0 }));
    this.webhooksFired = this.noneFired();
  }

  /** The first rule that matches and strikes. */
  strike(call: Call): Rule | undefined {
    const armed = this.armed.find(
      (each) =>
        (each.rule.times === undefined || each.fired < each.rule.times) &&
        this.isMatch(each.rule, call) &&
        this.random.chance(each.rule.probability),
    );
    if (armed) armed.fired += 1;
    return armed?.rule;
  }

  count(fault: WebhookFault): void {
    this.webhooksFired[fault] += 1;
  }

  report(): object {
    return {
      rules: this.armed.map(({ rule, fired }) => ({ ...rule, fired })),
      webhooks: { ...this.plan.webhooks, fired: this.webhooksFired },
      searchLagMs: this.plan.searchLagMs,
      seed: this.seed,
    };
  }

  private isMatch({ match }: Rule, call: Call): boolean {
    if (match.method !== undefined && match.method !== call.method) return false;
    if (!matches(match.path, call.path) || !matches(match.key, call.key)) return false;
    const wanted = Object.entries(match.metadata ?? {});
    if (wanted.length === 0) return true;
    const metadata = call.metadata();
    return wanted.every(([name, value]) => metadata[name] === value);
  }

  private noneFired(): Record<WebhookFault, number> {
    return { duplicated: 0, reordered: 0, delayed: 0, dropped: 0, forged: 0 };
  }
}
