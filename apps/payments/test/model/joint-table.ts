/** States of fixed width in the order of their finding, each once: exact, with open addressing. */
export class JointTable {
  private data: Uint32Array;
  private parents: Uint32Array;
  private slots: Int32Array;
  private mask: number;
  size = 0;

  private readonly width: number;

  constructor(width: number) {
    this.width = width;
    this.data = new Uint32Array(width << 16);
    this.parents = new Uint32Array(1 << 16);
    this.slots = new Int32Array(1 << 18).fill(-1);
    this.mask = this.slots.length - 1;
  }

  word(index: number, at: number): number {
    return this.data[index * this.width + at] ?? 0;
  }

  parent(index: number): number {
    return this.parents[index] ?? 0;
  }

  /** True if it is new. */
  add(words: Uint32Array, parent: number): boolean {
    let slot = this.hash(words) & this.mask;
    for (;;) {
      const found = this.slots[slot] ?? -1;
      if (found < 0) break;
      if (this.isAt(found, words)) return false;
      slot = (slot + 1) & this.mask;
    }
    if (this.size === this.parents.length) this.growData();
    this.data.set(words, this.size * this.width);
    this.parents[this.size] = parent;
    this.slots[slot] = this.size;
    this.size += 1;
    if (this.size * 2 > this.slots.length) this.growSlots();
    return true;
  }

  private isAt(index: number, words: Uint32Array): boolean {
    const from = index * this.width;
    for (let i = 0; i < this.width; i += 1) {
      if (this.data[from + i] !== words[i]) return false;
    }
    return true;
  }

  private hash(words: Uint32Array): number {
    let hash = 0x9e3779b9;
    for (let i = 0; i < this.width; i += 1) {
      hash = Math.imul(hash ^ (words[i] ?? 0), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return Math.imul(hash, 0xc2b2ae35) >>> 1;
  }

  private growData(): void {
    const data = new Uint32Array(this.data.length * 2);
    data.set(this.data);
    this.data = data;
    const parents = new Uint32Array(this.parents.length * 2);
    parents.set(this.parents);
    this.parents = parents;
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    this.mask = this.slots.length - 1;
    const words = new Uint32Array(this.width);
    for (let index = 0; index < this.size; index += 1) {
      words.set(this.data.subarray(index * this.width, (index + 1) * this.width));
      let slot = this.hash(words) & this.mask;
      while ((this.slots[slot] ?? -1) >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = index;
    }
  }
}
