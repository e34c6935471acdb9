type Identified = { readonly id: string; readonly created: number };

/** Objects of one kind in the order in which they were made; a later put replaces the value. */
export class Collection<Item extends Identified> {
  private readonly places = new Map<string, number>();
  private readonly items: Item[] = [];

  get size(): number {
    return this.items.length;
  }

  find(id: string): Item | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.items[place];
  }

  /** How many were made before this one. */
  placeOf(id: string): number | undefined {
    return this.places.get(id);
  }

  at(place: number): Item | undefined {
    return this.items[place];
  }

  put(item: Item): void {
    const place = this.places.get(item.id);
    if (place !== undefined) {
      this.items[place] = item;
      return;
    }
    this.places.set(item.id, this.items.length);
    this.items.push(item);
  }

  values(): readonly Item[] {
    return this.items;
  }
}
