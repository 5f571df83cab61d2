/** Colours of the page's style sheets for a canvas, which knows no variables, and not all colours that style sheets know. */
export class CanvasColours {
  private readonly probe = document.createElement("span");

  constructor(host: HTMLElement) {
    this.probe.hidden = true;
    host.append(this.probe);
  }

  /** @param percent of the colour, the rest is transparent */
  of(property: string, percent = 100): string {
    this.probe.style.color = `color-mix(in srgb, var(${property}) ${percent}%, transparent)`;
    return getComputedStyle(this.probe).color;
  }

  dispose(): void {
    this.probe.remove();
  }
}
