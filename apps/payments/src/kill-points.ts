/**
 * Named places between the steps of the money protocol at which a crash test may end the process, as
 * if the power went: `KILL_AT=payments.t4.after:17` is SIGKILL at the 17th passage of `t4.after`.
 * Outside of production only. It earns its place in product code because a crash at a *named* step
 * cannot be made from outside.
 */
export type KillPoint =
  | `t1.${'before' | 'after'}`
  | `t3.${'before' | 'after'}`
  | 'x2.after'
  | `t4.${'before' | 'after'}`
  | 'x3.after'
  | `t5.${'before' | 'after'}`
  | `t6.${'before' | 'after'}`
  | 'x4.after'
  | `t7.${'before' | 'after'}`
  | `t8.${'before' | 'after'}`
  | 'x5.after'
  | `t9.${'before' | 'after'}`
  | `dispute.${'before' | 'after'}`;

export type PassKillPoint = (point: KillPoint) => void;

export const KILL_POINTS = Symbol('KILL_POINTS');

const ignore: PassKillPoint = () => {};

export const killPoints = (killAt: string | undefined, nodeEnv: string): PassKillPoint => {
  if (killAt === undefined || nodeEnv === 'production') return ignore;
  const [target, passage] = killAt.split(':');
  let left = Number(passage);
  return (point) => {
    if (`payments.${point}` !== target) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
};
