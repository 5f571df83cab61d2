import * as fc from "fast-check";
import { expect, test } from "vitest";
import { balancedShares, batches, totalBytes } from "../../researchDesk/corpus/shares.js";

const corpus = fc
  .array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 })
  .map((sizes) => sizes.map((sizeBytes, index) => ({ path: `${index}.md`, file: `/${index}.md`, sizeBytes })));

test("every document is in exactly one share, and shares differ by no more than one document's bytes", () => {
  fc.assert(
    fc.property(corpus, fc.integer({ min: 1, max: 8 }), (documents, shareCount) => {
      const shares = balancedShares(documents, shareCount);
      expect(shares).toHaveLength(shareCount);
      expect(new Set(shares.flat())).toEqual(new Set(documents));
      expect(shares.flat()).toHaveLength(documents.length);
      const bytes = shares.map(totalBytes);
      const largest = Math.max(...documents.map((document) => document.sizeBytes));
      expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThanOrEqual(largest);
    }),
  );
});

test("shares do not depend on the order in which documents were found", () => {
  fc.assert(
    fc.property(corpus, (documents) => {
      expect(balancedShares(documents.toReversed(), 3)).toEqual(balancedShares(documents, 3));
    }),
  );
});

test("batches follow each other without a gap, and none is empty", () => {
  fc.assert(
    fc.property(corpus, fc.integer({ min: 1, max: 8 }), (documents, batchCount) => {
      const cut = batches(documents, batchCount);
      expect(cut.flat()).toEqual(documents);
      expect(cut.length).toBeLessThanOrEqual(batchCount);
      expect(cut.every((batch) => batch.length > 0)).toBe(true);
    }),
  );
});
