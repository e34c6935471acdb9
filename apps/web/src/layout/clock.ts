const time = new Intl.DateTimeFormat('en-IE', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});
const day = new Intl.DateTimeFormat('en-IE', { day: 'numeric', month: 'long', timeZone: 'UTC' });

/** A time of today, such as `12:31 UTC`. We do not know where she is, so we say which clock it is. */
export const clock = (at: Date): string => `${time.format(at)} UTC`;

/** `12:31 UTC`, and the day where it is not the same. */
export const dayAndClock = (at: Date, now: Date): string =>
  day.format(at) === day.format(now) ? clock(at) : `${clock(at)} on ${day.format(at)}`;
