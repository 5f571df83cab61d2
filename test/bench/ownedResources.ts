/** Resources that end together: disposed in reverse order, each of them even when another one's end fails. */
export class OwnedResources {
  readonly #resources: AsyncDisposable[] = [];

  own<T extends AsyncDisposable>(resource: T): T {
    this.#resources.push(resource);
    return resource;
  }

  async disposeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let resource = this.#resources.pop(); resource; resource = this.#resources.pop()) {
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not everything that was started could be ended");
  }
}
