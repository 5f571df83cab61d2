import { availableParallelism } from "node:os";
import type { Comparison } from "./comparison.js";
import type { SourceDocument } from "./corpus/discoverDocuments.js";
import { totalBytes } from "./corpus/shares.js";
import type { DistributedResult } from "./deployments.js";
import type { ResearchResult } from "./runResearch.js";

export interface Runs {
  readonly local: ResearchResult;
  readonly distributed: DistributedResult;
  readonly comparison: Comparison;
}

/** Everything that the demo has to tell, for a program. */
export function summary(shares: readonly (readonly SourceDocument[])[], { local, distributed, comparison }: Runs) {
  return {
    documents: shares.flat().length,
    bytes: totalBytes(shares.flat()),
    readers: shares.length,
    cores: availableParallelism(),
    ...comparison,
    server: distributed.server,
    local: { answer: local.answer, spans: relativeSpans(local) },
    distributed: { answer: distributed.answer, spans: relativeSpans(distributed) },
  };
}

function relativeSpans({ spans, startedAt: zero }: ResearchResult) {
  return spans.map(({ startedAt, endedAt, ...span }) => ({
    ...span,
    startMs: startedAt - zero,
    endMs: endedAt - zero,
  }));
}
