/** The time of the game in seconds; it stops while the page is hidden. */
export class Clock {
  constructor() {
    this.origin = performance.now();
    /** @type {number | null} */
    this.stopped = null;
  }

  get now() {
    return ((this.stopped ?? performance.now()) - this.origin) / 1000;
  }

  stop() {
    this.stopped ??= performance.now();
  }

  go() {
    if (this.stopped !== null) this.origin += performance.now() - this.stopped;
    this.stopped = null;
  }
}
