/** Colours that are told apart on a light and on a dark ground; resources.css has them. */
const colours = 8;

/** How lines beyond the number of colours are told apart, in pixels of line and gap. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

export interface LineStyle {
  /** Custom property with the colour. */
  property: string;
  dash: number[];
}

/** Gives each server a look, which it keeps as long as the page is there, in every chart and in the legend. */
export class Palette {
  private readonly places = new Map<string, number>();

  of(serverId: string): LineStyle {
    const place = this.places.get(serverId) ?? this.places.size;
    this.places.set(serverId, place);
    const dash = dashes[Math.floor(place / colours) % dashes.length] ?? [];
    return { property: `--line-${(place % colours) + 1}`, dash: [...dash] };
  }
}
