import { compareText, type SourceDocument } from "./discoverDocuments.js";

/**
 * Deals the documents out so that all shares have nearly the same number of bytes: the largest document first, each to
 * the share that is lightest so far. Shares keep the order of paths.
 */
export function balancedShares(documents: readonly SourceDocument[], shareCount: number): SourceDocument[][] {
  const shares = Array.from({ length: shareCount }, () => ({ bytes: 0, documents: [] as SourceDocument[] }));
  const largestFirst = documents.toSorted((a, b) => b.sizeBytes - a.sizeBytes || compareText(a.path, b.path));
  for (const document of largestFirst) {
    const lightest = shares.reduce((least, share) => (share.bytes < least.bytes ? share : least));
    lightest.documents.push(document);
    lightest.bytes += document.sizeBytes;
  }
  return shares.map((share) => share.documents.sort((a, b) => compareText(a.path, b.path)));
}

/** Cuts a share into consecutive batches of about the same number of bytes; none is empty. */
export function batches(share: readonly SourceDocument[], batchCount: number): SourceDocument[][] {
  const bytesPerBatch = totalBytes(share) / batchCount;
  const cut: SourceDocument[][] = [];
  let current: SourceDocument[] = [];
  let bytesSoFar = 0;
  for (const document of share) {
    current.push(document);
    bytesSoFar += document.sizeBytes;
    if (bytesSoFar >= bytesPerBatch * (cut.length + 1)) {
      cut.push(current);
      current = [];
    }
  }
  if (current.length > 0) cut.push(current);
  return cut;
}

export function totalBytes(documents: readonly SourceDocument[]): number {
  return documents.reduce((sum, document) => sum + document.sizeBytes, 0);
}
