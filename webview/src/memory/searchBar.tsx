import type { Ref } from "preact";
import { Icon } from "../theme/icon.js";
import { ToolButton } from "../theme/toolButton.js";
import type { MemoryQuery } from "./memorySearch.js";

export interface SearchBarProps {
  query: MemoryQuery;
  field: Ref<HTMLInputElement>;
  /** `3 of 17`, in words. */
  result: string;
  hasMatches: boolean;
  onQuery: (query: MemoryQuery) => void;
  onStep: (direction: "next" | "previous") => void;
}

export function SearchBar({ query, field, result, hasMatches, onQuery, onStep }: SearchBarProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") onStep(event.shiftKey ? "previous" : "next");
    else if (event.key === "Escape" && query.text !== "") onQuery({ ...query, text: "" });
    else return;
    event.preventDefault();
  };
  return (
    <search class="search">
      <span class="searchField">
        <Icon name="search" />
        <input
          ref={field}
          class="field"
          type="text"
          placeholder="Search"
          aria-label="Search in the memory"
          value={query.text}
          onInput={({ currentTarget }) => onQuery({ ...query, text: currentTarget.value })}
          onKeyDown={onKeyDown}
        />
      </span>
      <span class="result" role="status">
        {result}
      </span>
      <ToolButton icon="up" label="Previous match" disabled={!hasMatches} onClick={() => onStep("previous")} />
      <ToolButton icon="down" label="Next match" disabled={!hasMatches} onClick={() => onStep("next")} />
      <select
        class="field"
        aria-label="Role"
        value={query.role}
        onChange={({ currentTarget }) => onQuery({ ...query, role: currentTarget.value })}
      >
        <option value="">All roles</option>
        <option value="user">user</option>
        <option value="assistant">assistant</option>
        <option value="system">system</option>
      </select>
    </search>
  );
}
