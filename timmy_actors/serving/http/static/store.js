// The page's state: named values, and who is to be called when one changes.

/** Holds values by name. `set` calls the listeners of that name with the new value. */
export class Store {
  #values = new Map();
  #listeners = new Map();

  get(name) {
    return this.#values.get(name);
  }

  set(name, value) {
    this.#values.set(name, value);
    for (const listener of this.#listeners.get(name) ?? []) listener(value);
  }

  /** Call `listener` at every change of one of `names`. */
  on(names, listener) {
    for (const name of [names].flat()) {
      if (!this.#listeners.has(name)) this.#listeners.set(name, []);
      this.#listeners.get(name).push(listener);
    }
  }
}
