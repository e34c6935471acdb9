import { type OrderSpace, calmOf, moveSize } from './order-space.ts';

const endless = 'I12 goes on without an end once faults have stopped';

/**
 * Whether every order that was met comes to rest once faults have stopped, whatever is answered to its
 * requests: of the steps that someone would take then, the most urgent are followed, all of them.
 */
export const findEndless = (
  space: OrderSpace,
): {
  readonly steps: number;
  readonly fault?: { readonly order: number; readonly fault: string };
} => {
  const open = -2;
  const unknown = -1;
  const steps: number[] = [];
  const stack: number[] = [];
  let most = 0;
  for (let start = 0; start < space.size; start += 1) {
    if ((steps[start] ?? unknown) >= 0) continue;
    stack.push(start);
    while (stack.length > 0) {
      const id = stack[stack.length - 1] ?? 0;
      const known = steps[id] ?? unknown;
      if (known >= 0) {
        stack.pop();
        continue;
      }
      const next = calmSteps(space, id);
      const fault = space.faults[id];
      if (fault) return { steps: most, fault: { order: id, fault } };
      if (known === unknown) {
        steps[id] = open;
        for (const to of next) {
          const at = steps[to] ?? unknown;
          if (at === open) return { steps: most, fault: { order: to, fault: endless } };
          if (at === unknown) stack.push(to);
        }
        continue;
      }
      let longest = 0;
      for (const to of next) longest = Math.max(longest, 1 + (steps[to] ?? 0));
      steps[id] = longest;
      most = Math.max(most, longest);
      stack.pop();
    }
  }
  return { steps: most };
};

const calmSteps = (space: OrderSpace, id: number): number[] => {
  // Where not all was visited, the end of what was is no end of the order.
  if (!space.isExpanded(id)) return [];
  const found = space.expand(id);
  let first = 8;
  for (let at = 1; at < found.length; at += moveSize) {
    const calm = calmOf(found[at] ?? 0);
    if (calm > 0 && calm < first) first = calm;
  }
  const next: number[] = [];
  for (let at = 1; at < found.length; at += moveSize) {
    if (calmOf(found[at] ?? 0) === first) next.push(found[at - 1] ?? 0);
  }
  return next;
};
